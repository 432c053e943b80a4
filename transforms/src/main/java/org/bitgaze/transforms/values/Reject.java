package org.bitgaze.transforms.values;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** An image that could not be used, or not for everything, and why. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class Reject {
  /** {@return the image's key: its path relative to the input's root} */
  public abstract String getKey();

  /** {@return what failed, such as {@code decode}, {@code saliency}, {@code cam int8}} */
  public abstract String getStage();

  /** {@return the id of the model for which it failed; empty if no model was involved} */
  public abstract String getModel();

  /** {@return why it failed, in one line} */
  public abstract String getReason();

  /**
   * Creates a reject.
   *
   * @param key the image's key
   * @param stage what failed
   * @param model a model's id, or empty
   * @param reason one line
   * @return the reject
   */
  public static Reject of(String key, String stage, String model, String reason) {
    return new AutoValue_Reject(key, stage, model, reason);
  }

  /**
   * Creates a reject from what was thrown.
   *
   * @param key the image's key
   * @param stage what failed
   * @param model a model's id, or empty
   * @param problem what was thrown; the first line of its message is the reason
   * @return the reject
   */
  public static Reject of(String key, String stage, String model, Throwable problem) {
    String message = problem.getMessage() == null ? "" : problem.getMessage().strip();
    String line = message.lines().findFirst().orElse("");
    boolean ours = problem instanceof org.bitgaze.image.ImageFormatException;
    String type = problem.getClass().getSimpleName();
    return of(key, stage, model, ours ? line : line.isEmpty() ? type : type + ": " + line);
  }
}
