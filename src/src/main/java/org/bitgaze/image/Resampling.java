package org.bitgaze.image;

/**
 * Resizes images, or parts of them: horizontally, then vertically, bytes between the two passes.
 */
final class Resampling {
  private static final int HALF = 1 << (Taps.PRECISION_BITS - 1);

  private Resampling() {}

  /** Computes only the pixels that the taps stand for. */
  static RgbImage apply(RgbImage image, Taps rows, Taps columns) {
    int firstRow = rows.start()[0];
    byte[] narrow = horizontal(image, columns, firstRow, rows.end());
    int width = columns.start().length;
    return new RgbImage(rows.start().length, width, vertical(narrow, rows, firstRow, width));
  }

  private static byte[] horizontal(RgbImage image, Taps columns, int firstRow, int lastRow) {
    byte[] in = image.pixels();
    int width = columns.start().length;
    byte[] out = new byte[(lastRow - firstRow) * width * 3];
    int next = 0;
    for (int y = firstRow; y < lastRow; y++) {
      for (int x = 0; x < width; x++) {
        int pixel = (y * image.width() + columns.start()[x]) * 3;
        int r = HALF;
        int g = HALF;
        int b = HALF;
        for (int weight : columns.weights()[x]) {
          r += (in[pixel++] & 0xff) * weight;
          g += (in[pixel++] & 0xff) * weight;
          b += (in[pixel++] & 0xff) * weight;
        }
        out[next++] = clip(r);
        out[next++] = clip(g);
        out[next++] = clip(b);
      }
    }
    return out;
  }

  private static byte[] vertical(byte[] in, Taps rows, int firstRow, int width) {
    int stride = width * 3;
    int height = rows.start().length;
    byte[] out = new byte[height * stride];
    for (int y = 0; y < height; y++) {
      int[] weights = rows.weights()[y];
      int top = (rows.start()[y] - firstRow) * stride;
      for (int i = 0; i < stride; i++) {
        int sum = HALF;
        for (int k = 0; k < weights.length; k++) {
          sum += (in[top + k * stride + i] & 0xff) * weights[k];
        }
        out[y * stride + i] = clip(sum);
      }
    }
    return out;
  }

  private static byte clip(int fixed) {
    return (byte) Math.max(0, Math.min(255, fixed >> Taps.PRECISION_BITS));
  }
}
