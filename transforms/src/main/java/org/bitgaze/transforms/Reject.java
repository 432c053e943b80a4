package org.bitgaze.transforms;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** An image that could not be used, and why. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class Reject {
  /**
   * Returns the image's key.
   *
   * @return its path relative to the input's root
   */
  public abstract String getKey();

  /**
   * Returns why it was rejected.
   *
   * @return one line
   */
  public abstract String getReason();

  /**
   * Creates a reject.
   *
   * @param key the image's key
   * @param reason one line
   * @return the reject
   */
  public static Reject of(String key, String reason) {
    return new AutoValue_Reject(key, reason);
  }
}
