package org.bitgaze.faithfulness;

import org.bitgaze.image.Heatmap;
import org.bitgaze.weights.HashNumbers;

/**
 * The control that every map should beat: a random map of the same size. Single pixels in random
 * order would be no control: removing scattered pixels makes noise that no network was trained on.
 */
public final class RandomMap {
  /** Names the numbers' stream. Another seed would give another map. */
  private static final String STREAM = "faithfulness:0:";

  private RandomMap() {}

  /**
   * Draws the random map of an image.
   *
   * @param key the image's key
   * @param height of the judged map
   * @param width of the judged map
   * @return uniform values in [0, 1), the same on every worker
   */
  public static Heatmap of(String key, int height, int width) {
    HashNumbers numbers = HashNumbers.of(STREAM + key);
    float[] values = new float[height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.bits(i) * 0x1p-24f;
    }
    return new Heatmap(height, width, values);
  }
}
