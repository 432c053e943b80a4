package org.bitgaze.image;

/**
 * The source pixels of each pixel of a result along one axis.
 *
 * @param start the first source pixel
 * @param weights fixed-point weights of it and of those that follow
 * @see <a
 *     href="https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c">Pillow's
 *     resampling, whose fixed-point arithmetic this follows</a>
 */
record Taps(int[] start, int[][] weights) {
  /** Fraction bits of a weight: of 32 bits, 8 are the sample's and 2 are headroom. */
  static final int PRECISION_BITS = 32 - 8 - 2;

  /**
   * Computes the taps of pixels offset to offset + count - 1 of an axis resized from size to
   * newSize.
   */
  static Taps of(Interpolation filter, int size, int newSize, int offset, int count) {
    int[] start = new int[count];
    int[][] weights = new int[count][];
    double scale = (double) size / newSize;
    double stretch = Math.max(scale, 1);
    double support = filter.support() * stretch;
    for (int i = 0; i < count; i++) {
      double center = (offset + i + 0.5) * scale;
      start[i] = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(size, (int) (center + support + 0.5));
      double[] w = new double[end - start[i]];
      double sum = 0;
      for (int k = 0; k < w.length; k++) {
        w[k] = filter.weight((k + start[i] - center + 0.5) / stretch);
        sum += w[k];
      }
      weights[i] = new int[w.length];
      for (int k = 0; k < w.length; k++) {
        double fixed = w[k] / sum * (1 << PRECISION_BITS);
        weights[i][k] = (int) (fixed < 0 ? fixed - 0.5 : fixed + 0.5);
      }
    }
    return new Taps(start, weights);
  }

  /** {@return the largest number of taps of a pixel} */
  int max() {
    int max = 0;
    for (int[] taps : weights) {
      max = Math.max(max, taps.length);
    }
    return max;
  }
}
