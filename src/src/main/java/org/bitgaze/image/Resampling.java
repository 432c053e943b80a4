package org.bitgaze.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Resizes images or parts of them: horizontally, then vertically, rounded to bytes between the two
 * passes.
 *
 * <p>This runs for every photograph and crop. So arithmetic and byte conversion are separate loops:
 * the JVM vectorizes loops over plain arrays of integers.
 */
final class Resampling {
  private static final VarHandle PIXEL =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int HALF = 1 << (Taps.PRECISION_BITS - 1);

  private Resampling() {}

  /**
   * Computes the pixels of the taps. Between the passes only the rows are kept that the next row of
   * the result may need, so they stay in the processor's nearest cache.
   *
   * @throws IllegalArgumentException if these rows would take more memory than the largest image
   */
  static RgbImage apply(RgbImage image, Taps rows, Taps columns) {
    int height = rows.start().length;
    int width = columns.start().length;
    if (3L * width * rows.max() > ImageDecoder.MAX_PIXELS) {
      throw new IllegalArgumentException(
          "%d x %d pixels are too narrow or too flat to be resized to %d x %d"
              .formatted(image.width(), image.height(), width, height));
    }
    Narrowing narrowing = new Narrowing(image, columns);
    int[][] narrow = new int[rows.max()][3 * width];
    int next = 0;
    int[] sums = new int[3 * width];
    byte[] out = new byte[height * 3 * width];
    for (int y = 0; y < height; y++) {
      int first = rows.start()[y];
      int[] weights = rows.weights()[y];
      for (next = Math.max(next, first); next < first + weights.length; next++) {
        narrowing.apply(next, narrow[next % narrow.length]);
      }
      Arrays.fill(sums, HALF);
      for (int k = 0; k < weights.length; k++) {
        add(sums, narrow[(first + k) % narrow.length], weights[k]);
      }
      clip(sums);
      interleave(sums, width, out, y * 3 * width);
    }
    return new RgbImage(height, width, out);
  }

  /** The horizontal pass, one row at a time. */
  private static final class Narrowing {
    private final RgbImage image;
    private final int[] start;
    private final int[][] weights;
    private final int reach;
    private final int[] source;
    private final int[][] sums;

    Narrowing(RgbImage image, Taps columns) {
      this.image = image;
      start = Arrays.stream(columns.start()).map(x -> 3 * x).toArray();
      weights = byTap(columns);
      // Pixels with few taps are padded with taps of weight 0, which may lie behind the row.
      reach = 3 * (image.width() + weights.length - 1) + 1;
      source = new int[start.length];
      sums = new int[3][start.length];
    }

    /** Writes all red, then all green, then all blue samples, each 0 to 255. */
    void apply(int y, int[] out) {
      byte[] pixels = image.pixels();
      int row = 3 * image.width() * y;
      if (row + reach > pixels.length) {
        pixels = Arrays.copyOfRange(pixels, row, row + reach);
        row = 0;
      }
      for (int[] sum : sums) {
        Arrays.fill(sum, HALF);
      }
      for (int k = 0; k < weights.length; k++) {
        gather(pixels, row + 3 * k, start, source);
        for (int channel = 0; channel < 3; channel++) {
          add(sums[channel], source, 8 * channel, weights[k]);
        }
      }
      for (int channel = 0; channel < 3; channel++) {
        clip(sums[channel]);
        System.arraycopy(sums[channel], 0, out, channel * source.length, source.length);
      }
    }
  }

  /** Transposes weights: those of all pixels' first taps, then second taps; 0 for missing taps. */
  private static int[][] byTap(Taps taps) {
    int[][] weights = new int[taps.max()][taps.weights().length];
    for (int x = 0; x < taps.weights().length; x++) {
      for (int k = 0; k < taps.weights()[x].length; k++) {
        weights[k][x] = taps.weights()[x][k];
      }
    }
    return weights;
  }

  /**
   * Reads four bytes per pixel into one integer: red lowest, then green, blue, and an unused byte.
   */
  private static void gather(byte[] pixels, int from, int[] start, int[] source) {
    for (int x = 0; x < source.length; x++) {
      source[x] = (int) PIXEL.get(pixels, from + start[x]);
    }
  }

  private static void add(int[] sums, int[] source, int shift, int[] weights) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += (source[x] >> shift & 0xff) * weights[x];
    }
  }

  private static void add(int[] sums, int[] row, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += row[i] * weight;
    }
  }

  private static void interleave(int[] planes, int width, byte[] out, int to) {
    for (int x = 0; x < width; x++, to += 3) {
      out[to] = (byte) planes[x];
      out[to + 1] = (byte) planes[x + width];
      out[to + 2] = (byte) planes[x + 2 * width];
    }
  }

  /** Clips to 0 to 255 by masks of sign bits: the JVM does not vectorize minima and maxima. */
  private static void clip(int[] fixed) {
    for (int i = 0; i < fixed.length; i++) {
      int sample = fixed[i] >> Taps.PRECISION_BITS;
      int positive = sample & ~(sample >> 31);
      fixed[i] = (positive | 255 - positive >> 31) & 0xff;
    }
  }
}
