package org.bitgaze.transforms.values;

import java.util.Optional;
import org.bitgaze.explain.Answered;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.measure.Fidelity;

/**
 * A model's answer for an image at one precision, and the map that explains it.
 *
 * @param model the model's id
 * @param precision such as {@code int8}
 * @param framing the part of the image that it saw
 * @param predictedClass the model's own answer
 * @param probability of that class, in [0, 1]
 * @param explainedClass class whose logit the map explains
 * @param clipped whether that logit lay beyond its quantization range, so that the map vanished
 * @param cam the map at its own resolution, not scaled
 * @param fidelity how much of f32's signals is left, where that was measured
 * @param answer the model's own answer, if its task is not classification
 */
public record CamMap(
    String model,
    String precision,
    Framing framing,
    int predictedClass,
    double probability,
    int explainedClass,
    boolean clipped,
    Heatmap cam,
    Fidelity fidelity,
    Optional<Answered> answer) {
  /**
   * Ends the name of maps of a file in the runtime in which it is deployed, where maps of the same
   * file in a simulation have the name without it: these are compared with those.
   */
  public static final String DEPLOYED = ".deployed";

  /**
   * Creates a classifier's map.
   *
   * @param model the model's id
   * @param precision such as {@code int8}
   * @param framing the part of the image that it saw
   * @param predictedClass the model's own answer
   * @param probability softmax of that class, in [0, 1]
   * @param explainedClass class whose logit the map explains
   * @param clipped whether that logit lay beyond its quantization range, so that the map vanished
   * @param cam the map at the target layer's resolution: not negative, not scaled
   * @param fidelity how much of f32's signals is left, where that was measured; of a deployed file,
   *     how near its simulation's logits are
   */
  public CamMap(
      String model,
      String precision,
      Framing framing,
      int predictedClass,
      double probability,
      int explainedClass,
      boolean clipped,
      Heatmap cam,
      Fidelity fidelity) {
    this(
        model,
        precision,
        framing,
        predictedClass,
        probability,
        explainedClass,
        clipped,
        cam,
        fidelity,
        Optional.empty());
  }

  /** {@return whether there is a map: an answer may have nothing to explain} */
  public boolean hasMap() {
    return cam.values().length > 0;
  }
}
