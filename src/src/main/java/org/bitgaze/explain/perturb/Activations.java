package org.bitgaze.explain.perturb;

import java.util.Arrays;
import org.bitgaze.image.Heatmap;

/**
 * The target layer's activations of one input.
 *
 * @param channels their number
 * @param height of a channel
 * @param width of a channel
 * @param values channel by channel, row by row
 */
public record Activations(int channels, int height, int width, float[] values) {

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if there are not channels * height * width values
   */
  public Activations {
    if (values.length != channels * height * width) {
      throw new IllegalArgumentException(
          "%d channels of %d x %d need %d values, found %d"
              .formatted(channels, height, width, channels * height * width, values.length));
    }
  }

  /** {@return the number of positions in a channel} */
  int positions() {
    return height * width;
  }

  /** {@return one channel as a map} */
  Heatmap channel(int index) {
    int size = positions();
    return new Heatmap(height, width, Arrays.copyOfRange(values, index * size, (index + 1) * size));
  }

  /**
   * Sums up the channels.
   *
   * @param weights one per channel
   * @return the sum of weight times channel, rectified at zero
   */
  Heatmap rectifiedSum(double[] weights) {
    float[] map = new float[positions()];
    for (int i = 0; i < map.length; i++) {
      double sum = 0;
      for (int k = 0; k < channels; k++) {
        sum += weights[k] * values[k * map.length + i];
      }
      map[i] = (float) Math.max(0, sum);
    }
    return new Heatmap(height, width, map);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Activations that
        && that.channels == channels
        && that.height == height
        && that.width == width
        && Arrays.equals(that.values, values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * (31 * channels + height) + width) + Arrays.hashCode(values);
  }
}
