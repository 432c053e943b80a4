package org.bitgaze.image;

/**
 * For each of some pixels of a result along one axis, the first source pixel and the fixed-point
 * weights of it and those that follow.
 *
 * @see <a
 *     href="https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c">Pillow's
 *     resampling, whose fixed-point arithmetic this follows</a>
 */
record Taps(int[] start, int[][] weights) {
  /** Bits behind the point: 8 are the sample's, 2 are headroom. */
  static final int PRECISION_BITS = 32 - 8 - 2;

  /**
   * Weights of pixels offset to offset + count - 1 of an axis that is resized from size to newSize.
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

  /** The largest number of source pixels that one pixel of the result is made of. */
  int most() {
    int most = 0;
    for (int[] taps : weights) {
      most = Math.max(most, taps.length);
    }
    return most;
  }
}
