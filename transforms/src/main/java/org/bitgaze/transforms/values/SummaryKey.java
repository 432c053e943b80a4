package org.bitgaze.transforms.values;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** What is summed up together. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SummaryKey {
  /** {@return the model's id} */
  public abstract String getModel();

  /** {@return the precision, such as {@code int8}} */
  public abstract String getPrecision();

  /** {@return the id of the {@link org.bitgaze.measure.Reference} that was compared with} */
  public abstract String getReference();

  /** {@return the id of the {@link org.bitgaze.measure.Measure}} */
  public abstract String getMeasure();

  /**
   * Creates a key.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param reference what was compared with
   * @param measure the measure
   * @return the key
   */
  public static SummaryKey of(String model, String precision, String reference, String measure) {
    return new AutoValue_SummaryKey(model, precision, reference, measure);
  }
}
