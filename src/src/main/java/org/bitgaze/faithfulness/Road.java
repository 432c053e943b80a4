package org.bitgaze.faithfulness;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.weights.HashNumbers;

/**
 * ROAD, "remove and debias" (Rong et al. 2022, "A consistent and efficient evaluation strategy for
 * attribution methods"): pixels are replaced by {@link LinearImputation} and a little noise, which
 * leaves less of a trace than a constant colour. The noise is uniform with standard deviation 0.01,
 * drawn by the image's key; the original draws it from a normal distribution.
 */
final class Road {
  /** Percentages of the pixels that are removed. */
  static final List<Integer> PERCENTAGES = List.of(20, 40, 60, 80);

  private static final double NOISE = 0.01 * Math.sqrt(3);
  private static final String STREAM = "road:0:";

  private Road() {}

  /**
   * Makes the inputs of an image.
   *
   * @param input the image
   * @param order a map's order
   * @param key the image's key
   * @return for each percentage the input without the most important pixels, and then for each
   *     percentage the input without the least important ones
   */
  static List<float[]> inputs(NetworkInput input, PixelOrder order, String key) {
    List<float[]> all = new ArrayList<>();
    for (boolean mostImportant : new boolean[] {true, false}) {
      for (int percentage : PERCENTAGES) {
        all.add(without(input, order, percentage, mostImportant, key));
      }
    }
    return all;
  }

  /** Removes the first or the last pixels of the order. */
  static float[] without(
      NetworkInput input, PixelOrder order, int percentage, boolean first, String key) {
    int pixels = input.pixels();
    int count = (int) ((long) percentage * pixels / 100);
    boolean[] removed = new boolean[pixels];
    for (int i = 0; i < count; i++) {
      removed[order.pixel(first ? i : pixels - 1 - i)] = true;
    }
    HashNumbers numbers = HashNumbers.of(STREAM + key);
    LinearImputation imputation = new LinearImputation(input.height(), input.width(), removed);
    float[] filled = input.values().clone();
    for (int channel = 0; channel < NetworkInput.CHANNELS; channel++) {
      int offset = channel * pixels;
      double[] values = imputation.fill(input.values(), offset);
      for (int i = 0; i < pixels; i++) {
        if (removed[i]) {
          filled[offset + i] = (float) (values[i] + NOISE * numbers.symmetric(offset + i));
        }
      }
    }
    return filled;
  }

  /**
   * Computes the score.
   *
   * @param probabilities of the explained class, for {@link #inputs}
   * @return mean over the percentages of (p(least important removed) - p(most important removed)) /
   *     2, in [-0.5, 0.5]
   */
  static double score(double[] probabilities) {
    int levels = PERCENTAGES.size();
    double sum = 0;
    for (int i = 0; i < levels; i++) {
      sum += (probabilities[levels + i] - probabilities[i]) / 2;
    }
    return sum / levels;
  }
}
