package org.bitgaze.transforms.values;

import com.google.auto.value.AutoValue;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.values.KV;

/**
 * One line of a summary as a flat row, for sinks that take rows with a schema, such as Beam's
 * {@code JdbcIO}. See {@link SummaryKey} and {@link Statistics} for what the fields mean.
 */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SummaryRow {
  /** {@return the model's id} */
  public abstract String getModel();

  /** {@return the precision, such as {@code int8}} */
  public abstract String getPrecision();

  /** {@return the id of the reference} */
  public abstract String getReference();

  /** {@return the id of the measure} */
  public abstract String getMeasure();

  /** {@return the number of images that have a value} */
  public abstract long getCount();

  /** {@return the number of images that have no value} */
  public abstract long getDegenerate();

  /** {@return the mean; null without values} */
  @Nullable
  public abstract Double getMean();

  /** {@return the sample standard deviation; null with fewer than two values} */
  @Nullable
  public abstract Double getStd();

  /** {@return the smallest value; null without values} */
  @Nullable
  public abstract Double getMin();

  /** {@return the lower quartile; null without values} */
  @Nullable
  public abstract Double getQ1();

  /** {@return the median; null without values} */
  @Nullable
  public abstract Double getMedian();

  /** {@return the upper quartile; null without values} */
  @Nullable
  public abstract Double getQ3();

  /** {@return the largest value; null without values} */
  @Nullable
  public abstract Double getMax();

  /**
   * Flattens a line of a summary.
   *
   * @param line what the statistics are of, and the statistics
   * @return the row
   */
  public static SummaryRow of(KV<SummaryKey, Statistics> line) {
    SummaryKey key = line.getKey();
    Statistics s = line.getValue();
    return new AutoValue_SummaryRow(
        key.getModel(),
        key.getPrecision(),
        key.getReference(),
        key.getMeasure(),
        s.getCount(),
        s.getDegenerate(),
        s.getMean(),
        s.getStd(),
        s.getMin(),
        s.getQ1(),
        s.getMedian(),
        s.getQ3(),
        s.getMax());
  }
}
