package org.bitgaze.torch;

import java.util.Optional;
import org.bitgaze.image.Heatmap;

/**
 * What a network says of one image, and where it looked.
 *
 * @param cam class activation map at the target layer's resolution: not negative, not scaled
 * @param logits the network's output, one per class
 * @param explained class whose logit the map explains
 * @param clipped whether that logit lay beyond its quantization range, so that no gradient got
 *     through and the map vanished; false where logits are not quantized
 */
public record Explanation(Heatmap cam, float[] logits, int explained, boolean clipped) {

  /**
   * Tells whether there is no map.
   *
   * @return whether all its values are 0
   */
  public boolean vanished() {
    for (float value : cam.values()) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Says what is wrong with the numbers.
   *
   * @return one line if a logit or a value of the map is NaN or infinite; nothing if all are finite
   */
  public Optional<String> problem() {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        return Optional.of("its logits are not finite");
      }
    }
    for (float value : cam.values()) {
      if (!Float.isFinite(value)) {
        return Optional.of("its map is not finite");
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the network's own answer.
   *
   * @return index of the largest logit, the first if several are equal
   */
  public int topClass() {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * Returns a class's probability: softmax of the logits.
   *
   * @param index the class
   * @return in [0, 1]
   */
  public double probability(int index) {
    double max = logits[topClass()];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return Math.exp(logits[index] - max) / sum;
  }
}
