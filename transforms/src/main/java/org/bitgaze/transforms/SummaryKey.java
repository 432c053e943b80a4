package org.bitgaze.transforms;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** What is summed up together. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SummaryKey {
  /** Measure: similarity. */
  public static final String SIM = "SIM";

  /** Measure: Pearson's correlation coefficient. */
  public static final String CC = "CC";

  /** Measure: Kullback-Leibler divergence. */
  public static final String KLD = "KLD";

  /** Measure: 1 where the map's peak is inside the mask, else 0; the mean is the hit rate. */
  public static final String POINTING = "pointing";

  /** Measure: share of the map's energy inside the mask. */
  public static final String ENERGY = "energy";

  /** Measure: 1 where the predicted class is the label, else 0; the mean is the accuracy. */
  public static final String TOP1 = "top1";

  /** Measure: 1 where the predicted class is not f32's, else 0; the mean is the flip rate. */
  public static final String FLIP = "flip";

  /** Reference of {@link #TOP1}. */
  public static final String LABEL = "label";

  /**
   * Returns the network.
   *
   * @return torchvision's name
   */
  public abstract String getNetwork();

  /**
   * Returns the precision.
   *
   * @return such as {@code int8}
   */
  public abstract String getPrecision();

  /**
   * Returns what was compared with.
   *
   * @return {@link Comparison#SALIENCY}, {@link Comparison#MASK}, {@link Comparison#F32} or {@link
   *     #LABEL}
   */
  public abstract String getReference();

  /**
   * Returns the measure.
   *
   * @return {@link #SIM}, {@link #CC}, {@link #KLD}, {@link #POINTING}, {@link #ENERGY}, {@link
   *     #TOP1} or {@link #FLIP}
   */
  public abstract String getMetric();

  /**
   * Creates a key.
   *
   * @param network torchvision's name
   * @param precision such as {@code int8}
   * @param reference what was compared with
   * @param metric the measure
   * @return the key
   */
  public static SummaryKey of(String network, String precision, String reference, String metric) {
    return new AutoValue_SummaryKey(network, precision, reference, metric);
  }
}
