package org.bitgaze.measure;

/**
 * SSIM (Wang et al. 2004) with a Gaussian window of 11 x 11 pixels and deviation 1.5, weighted
 * population moments, a data range of 1; the mean over the windows that lie wholly inside the grid;
 * NaN if none does.
 */
final class StructuralSimilarity {
  private static final int RADIUS = 5;
  private static final double C1 = 1e-4;
  private static final double C2 = 9e-4;
  private static final double[] WINDOW = window();

  private StructuralSimilarity() {}

  static double of(double[] a, double[] b, int height, int width) {
    int inner = (height - 2 * RADIUS) * (width - 2 * RADIUS);
    if (height <= 2 * RADIUS || width <= 2 * RADIUS) {
      return Double.NaN;
    }
    double[] meanA = smooth(a, null, height, width);
    double[] meanB = smooth(b, null, height, width);
    double[] squaresA = smooth(a, a, height, width);
    double[] squaresB = smooth(b, b, height, width);
    double[] products = smooth(a, b, height, width);
    double sum = 0;
    for (int i = 0; i < inner; i++) {
      double ma = meanA[i];
      double mb = meanB[i];
      double va = squaresA[i] - ma * ma;
      double vb = squaresB[i] - mb * mb;
      double cov = products[i] - ma * mb;
      sum += (2 * ma * mb + C1) * (2 * cov + C2) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
    }
    return sum / inner;
  }

  /** The weighted mean, per window, of a map or of its product with another. */
  private static double[] smooth(double[] map, double[] factor, int height, int width) {
    int inner = width - 2 * RADIUS;
    double[] rows = new double[height * inner];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < inner; x++) {
        double sum = 0;
        for (int k = 0; k < WINDOW.length; k++) {
          int i = y * width + x + k;
          sum += WINDOW[k] * (factor == null ? map[i] : map[i] * factor[i]);
        }
        rows[y * inner + x] = sum;
      }
    }
    double[] means = new double[(height - 2 * RADIUS) * inner];
    for (int y = 0; y < height - 2 * RADIUS; y++) {
      for (int x = 0; x < inner; x++) {
        double sum = 0;
        for (int k = 0; k < WINDOW.length; k++) {
          sum += WINDOW[k] * rows[(y + k) * inner + x];
        }
        means[y * inner + x] = sum;
      }
    }
    return means;
  }

  private static double[] window() {
    double[] weights = new double[2 * RADIUS + 1];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double d = i - RADIUS;
      weights[i] = Math.exp(-d * d / (2 * 1.5 * 1.5));
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }
}
