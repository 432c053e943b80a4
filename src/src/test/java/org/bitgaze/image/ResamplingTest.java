package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ResamplingTest {

  /** Pillow's formula, pixel by pixel: fixed point, rounded and clipped after each pass. */
  private static byte[] expected(RgbImage image, Taps rows, Taps columns) {
    int width = columns.start().length;
    byte[] out = new byte[3 * rows.start().length * width];
    for (int i = 0; i < out.length; i++) {
      int channel = i % 3;
      int x = i / 3 % width;
      int y = i / 3 / width;
      long sum = 1 << (Taps.PRECISION_BITS - 1);
      for (int k = 0; k < rows.weights()[y].length; k++) {
        long inner = 1 << (Taps.PRECISION_BITS - 1);
        for (int j = 0; j < columns.weights()[x].length; j++) {
          int pixel = (rows.start()[y] + k) * image.width() + columns.start()[x] + j;
          inner += (image.pixels()[3 * pixel + channel] & 0xff) * columns.weights()[x][j];
        }
        sum += clipped(inner) * rows.weights()[y][k];
      }
      out[i] = (byte) clipped(sum);
    }
    return out;
  }

  private static long clipped(long fixed) {
    return Math.max(0, Math.min(255, fixed >> Taps.PRECISION_BITS));
  }

  /** Narrow images have taps that reach beyond their rows, and the last row's beyond the image. */
  @Test
  void everySampleIsThatOfTheFormula() {
    Random random = new Random(7);
    int[] sides = {1, 2, 3, 5, 7, 40, 101};
    for (Interpolation filter : Interpolation.values()) {
      for (int width : sides) {
        for (int height : sides) {
          byte[] pixels = new byte[3 * width * height];
          random.nextBytes(pixels);
          RgbImage image = new RgbImage(height, width, pixels);
          for (int side : new int[] {1, 4, 53}) {
            Taps rows = Taps.of(filter, height, side, 0, side);
            Taps columns = Taps.of(filter, width, side, 0, side);
            assertArrayEquals(
                expected(image, rows, columns),
                Resampling.apply(image, rows, columns).pixels(),
                filter + ", " + width + " x " + height + " to " + side);
          }
        }
      }
    }
  }
}
