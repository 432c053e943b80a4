package org.bitgaze.explain;

import java.util.Optional;
import org.bitgaze.image.Heatmap;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.measure.MapStatus;

/**
 * A network's outputs for one image, and the map that explains them.
 *
 * @param cam map at the target layer's resolution: not negative, not scaled; without cells if the
 *     answer has nothing to explain
 * @param logits the network's outputs; of a classifier one per class
 * @param explained class whose logit the map explains
 * @param clipped whether that logit lies beyond its quantization range; false where logits are not
 *     quantized
 * @param unstable share of the map's weights that are near a pole of the method, see {@link
 *     MapMethod#poles}, in [0, 1]; 0 where that cannot be or is not counted
 * @param fidelity how much of the full-precision signals is left, where that was computed
 * @param answer the network's own answer, if its task is not classification
 */
public record Explanation(
    Heatmap cam,
    float[] logits,
    int explained,
    boolean clipped,
    float unstable,
    Fidelity fidelity,
    Optional<Answered> answer) {
  /** Stands for the map of an answer that has nothing to explain. */
  public static final Heatmap NO_MAP = new Heatmap(0, 0, new float[0]);

  /** From this share on, a map is reported as unstable. */
  private static final float UNSTABLE = 0.05f;

  /**
   * Makes an explanation without fidelity.
   *
   * @param cam map at the target layer's resolution: not negative, not scaled
   * @param logits the network's outputs, one per class
   * @param explained class whose logit the map explains
   * @param clipped whether that logit lies beyond its quantization range
   */
  public Explanation(Heatmap cam, float[] logits, int explained, boolean clipped) {
    this(cam, logits, explained, clipped, 0, Fidelity.UNKNOWN);
  }

  /**
   * Makes an explanation of a classifier.
   *
   * @param cam map at the target layer's resolution: not negative, not scaled
   * @param logits the network's outputs, one per class
   * @param explained class whose logit the map explains
   * @param clipped whether that logit lies beyond its quantization range
   * @param unstable share of the map's weights that are near a pole of the method
   * @param fidelity how much of the full-precision signals is left
   */
  public Explanation(
      Heatmap cam,
      float[] logits,
      int explained,
      boolean clipped,
      float unstable,
      Fidelity fidelity) {
    this(cam, logits, explained, clipped, unstable, fidelity, Optional.empty());
  }

  /**
   * Adds fidelity.
   *
   * @param measured how much of the full-precision signals is left
   * @return a new explanation
   */
  public Explanation withFidelity(Fidelity measured) {
    return new Explanation(cam, logits, explained, clipped, unstable, measured, answer);
  }

  /**
   * {@return whether at least 5 % of the weights are near a pole, so that rounding alone may move
   * the map}
   */
  public boolean isUnstable() {
    return !(unstable < UNSTABLE);
  }

  /**
   * Tells whether outputs and map are numbers, and whether the map has values.
   *
   * @return {@link MapStatus#NOT_FINITE} if an output or a value of the map is NaN or infinite;
   *     {@link MapStatus#NOTHING} if the answer has nothing to explain; {@link MapStatus#VANISHED}
   *     or {@link MapStatus#CLIPPED} if the map is zero everywhere; else {@link MapStatus#OK}
   */
  public MapStatus status() {
    if (problem().isPresent()) {
      return MapStatus.NOT_FINITE;
    }
    if (cam.values().length == 0) {
      return MapStatus.NOTHING;
    }
    for (float value : cam.values()) {
      if (value != 0) {
        return MapStatus.OK;
      }
    }
    return clipped ? MapStatus.CLIPPED : MapStatus.VANISHED;
  }

  /** {@return what is not finite, for people to read: one clause; nothing if all numbers are} */
  public Optional<String> problem() {
    if (!isFinite(logits)) {
      return Optional.of("its logits are not finite");
    }
    return isFinite(cam.values()) ? Optional.empty() : Optional.of("its map is not finite");
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** {@return the largest output: a classifier's own answer} */
  public int topClass() {
    return Classification.largest(logits);
  }

  /**
   * Returns a class's probability.
   *
   * @param index the class
   * @return in [0, 1], see {@link Objective#CLASSIFICATION}
   */
  public double probability(int index) {
    return Classification.probability(logits, index);
  }
}
