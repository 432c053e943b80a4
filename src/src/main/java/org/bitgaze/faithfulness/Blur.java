package org.bitgaze.faithfulness;

import java.util.Arrays;

/**
 * Gaussian blur of sigma 10 pixels, cut at 3 sigma, in float64, each channel alone. Beyond the
 * border the image is mirrored without repeating the edge.
 */
final class Blur {
  private static final double SIGMA = 10;
  private static final int RADIUS = 30;
  private static final double[] WEIGHTS = weights();

  private Blur() {}

  private static double[] weights() {
    double[] weights = new double[2 * RADIUS + 1];
    double sum = 0;
    for (int i = -RADIUS; i <= RADIUS; i++) {
      weights[i + RADIUS] = Math.exp(-i * i / (2 * SIGMA * SIGMA));
      sum += weights[i + RADIUS];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  /** Blurs an input, first along rows, then along columns. */
  static NetworkInput of(NetworkInput input) {
    int height = input.height();
    int width = input.width();
    float[] blurred = new float[input.values().length];
    double[] rows = new double[input.pixels()];
    for (int channel = 0; channel < NetworkInput.CHANNELS; channel++) {
      int offset = channel * input.pixels();
      for (int y = 0; y < height; y++) {
        blurRow(input.values(), offset + y * width, rows, y * width, width);
      }
      double[] line = new double[width];
      for (int y = 0; y < height; y++) {
        Arrays.fill(line, 0);
        for (int i = 0; i < WEIGHTS.length; i++) {
          int from = mirrored(y + i - RADIUS, height) * width;
          double weight = WEIGHTS[i];
          for (int x = 0; x < width; x++) {
            line[x] += weight * rows[from + x];
          }
        }
        for (int x = 0; x < width; x++) {
          blurred[offset + y * width + x] = (float) line[x];
        }
      }
    }
    return new NetworkInput(height, width, blurred);
  }

  private static void blurRow(float[] values, int from, double[] out, int to, int width) {
    double[] padded = new double[width + 2 * RADIUS];
    for (int i = 0; i < padded.length; i++) {
      padded[i] = values[from + mirrored(i - RADIUS, width)];
    }
    for (int i = 0; i < WEIGHTS.length; i++) {
      double weight = WEIGHTS[i];
      for (int x = 0; x < width; x++) {
        out[to + x] = (i == 0 ? 0 : out[to + x]) + weight * padded[x + i];
      }
    }
  }

  /** An index beyond the border, mirrored at the outermost pixels. */
  private static int mirrored(int index, int size) {
    if (size == 1) {
      return 0;
    }
    int period = 2 * (size - 1);
    int within = Math.floorMod(index, period);
    return within < size ? within : period - within;
  }
}
