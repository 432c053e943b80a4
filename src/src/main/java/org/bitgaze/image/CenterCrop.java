package org.bitgaze.image;

/**
 * torchvision's evaluation transform: the shorter side resized with Pillow's antialiased bilinear
 * filter, then the centre cut out. Only the pixels of the crop are ever computed, so that an image
 * of extreme proportions costs no more memory than any other.
 *
 * @see <a
 *     href="https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c">Pillow's
 *     resampling, whose fixed-point arithmetic this follows</a>
 */
public final class CenterCrop {
  /** Shorter side after resizing, in pixels. */
  public static final int RESIZE = 256;

  /** Side of the crop, in pixels. */
  public static final int CROP = 224;

  private static final int PRECISION_BITS = 32 - 8 - 2;

  private CenterCrop() {}

  /**
   * Resizes and crops.
   *
   * @param image any image
   * @return 224 x 224 pixels
   */
  public static RgbImage apply(RgbImage image) {
    boolean wide = image.height() <= image.width();
    int shorter = wide ? image.height() : image.width();
    int longer = wide ? image.width() : image.height();
    int newLonger = (int) ((double) RESIZE * longer / shorter);
    Taps rows = Taps.of(image.height(), wide ? RESIZE : newLonger);
    Taps columns = Taps.of(image.width(), wide ? newLonger : RESIZE);
    int firstRow = rows.start[0];
    int lastRow = rows.start[CROP - 1] + rows.weights[CROP - 1].length;
    byte[] narrow = horizontal(image, columns, firstRow, lastRow);
    return new RgbImage(CROP, CROP, vertical(narrow, rows, firstRow));
  }

  private static byte[] horizontal(RgbImage image, Taps columns, int firstRow, int lastRow) {
    byte[] in = image.pixels();
    byte[] out = new byte[(lastRow - firstRow) * CROP * 3];
    int next = 0;
    for (int y = firstRow; y < lastRow; y++) {
      for (int x = 0; x < CROP; x++) {
        int[] weights = columns.weights[x];
        int pixel = (y * image.width() + columns.start[x]) * 3;
        int r = 1 << (PRECISION_BITS - 1);
        int g = r;
        int b = r;
        for (int weight : weights) {
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

  private static byte[] vertical(byte[] in, Taps rows, int firstRow) {
    int stride = CROP * 3;
    byte[] out = new byte[CROP * stride];
    for (int y = 0; y < CROP; y++) {
      int[] weights = rows.weights[y];
      int top = (rows.start[y] - firstRow) * stride;
      for (int i = 0; i < stride; i++) {
        int sum = 1 << (PRECISION_BITS - 1);
        for (int k = 0; k < weights.length; k++) {
          sum += (in[top + k * stride + i] & 0xff) * weights[k];
        }
        out[y * stride + i] = clip(sum);
      }
    }
    return out;
  }

  private static byte clip(int fixed) {
    return (byte) Math.max(0, Math.min(255, fixed >> PRECISION_BITS));
  }

  /**
   * For each pixel of the crop along one axis, the first source pixel and the fixed-point weights
   * of it and those that follow: a triangle filter as wide as the reduction.
   */
  private record Taps(int[] start, int[][] weights) {

    static Taps of(int size, int newSize) {
      int[] start = new int[CROP];
      int[][] weights = new int[CROP][];
      // torchvision's centre crop rounds half to even, as Python does.
      int offset = (int) Math.rint((newSize - CROP) / 2.0);
      double scale = (double) size / newSize;
      double support = Math.max(scale, 1);
      for (int i = 0; i < CROP; i++) {
        int target = offset + i;
        double center = (target + 0.5) * scale;
        start[i] = Math.max(0, (int) (center - support + 0.5));
        int end = Math.min(size, (int) (center + support + 0.5));
        double[] w = new double[end - start[i]];
        double sum = 0;
        for (int k = 0; k < w.length; k++) {
          w[k] = Math.max(0, 1 - Math.abs((k + start[i] - center + 0.5) / support));
          sum += w[k];
        }
        weights[i] = new int[w.length];
        for (int k = 0; k < w.length; k++) {
          weights[i][k] = (int) (0.5 + w[k] / sum * (1 << PRECISION_BITS));
        }
      }
      return new Taps(start, weights);
    }
  }
}
