package org.bitgaze.measure;

/**
 * SSIM (Wang et al. 2004) with a Gaussian window of 11 x 11 pixels and deviation 1.5, weighted
 * population moments, a data range of 1; the mean over the windows that lie wholly inside the grid.
 */
final class StructuralSimilarity {
  private static final int RADIUS = 5;
  private static final double C1 = 1e-4;
  private static final double C2 = 9e-4;
  private static final double[] WINDOW = window();

  private StructuralSimilarity() {}

  static double of(double[] a, double[] b, int side) {
    int inner = side - 2 * RADIUS;
    double[] meanA = smooth(a, null, side);
    double[] meanB = smooth(b, null, side);
    double[] squaresA = smooth(a, a, side);
    double[] squaresB = smooth(b, b, side);
    double[] products = smooth(a, b, side);
    double sum = 0;
    for (int i = 0; i < inner * inner; i++) {
      double ma = meanA[i];
      double mb = meanB[i];
      double va = squaresA[i] - ma * ma;
      double vb = squaresB[i] - mb * mb;
      double cov = products[i] - ma * mb;
      sum += (2 * ma * mb + C1) * (2 * cov + C2) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
    }
    return sum / (inner * inner);
  }

  /** The weighted mean, per window, of a map or of its product with another. */
  private static double[] smooth(double[] map, double[] factor, int side) {
    int inner = side - 2 * RADIUS;
    double[] rows = new double[side * inner];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < inner; x++) {
        double sum = 0;
        for (int k = 0; k < WINDOW.length; k++) {
          int i = y * side + x + k;
          sum += WINDOW[k] * (factor == null ? map[i] : map[i] * factor[i]);
        }
        rows[y * inner + x] = sum;
      }
    }
    double[] means = new double[inner * inner];
    for (int y = 0; y < inner; y++) {
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
