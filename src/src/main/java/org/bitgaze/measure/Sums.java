package org.bitgaze.measure;

/**
 * Sums over maps' values. Four sums grow side by side and are added up at the end, so that an
 * addition need not wait for the one before; the order is fixed, and so are the last digits. The
 * last values, up to three, join the first sum.
 */
final class Sums {
  private Sums() {}

  /** Sum of a. */
  static double of(double[] a) {
    double s = 0;
    double t = 0;
    double u = 0;
    double v = 0;
    for (int i = 0; i < a.length - 3; i += 4) {
      s += a[i];
      t += a[i + 1];
      u += a[i + 2];
      v += a[i + 3];
    }
    for (int i = a.length & ~3; i < a.length; i++) {
      s += a[i];
    }
    return s + t + (u + v);
  }

  /** Sum of a b. */
  static double products(double[] a, double[] b) {
    double s = 0;
    double t = 0;
    double u = 0;
    double v = 0;
    for (int i = 0; i < a.length - 3; i += 4) {
      s += a[i] * b[i];
      t += a[i + 1] * b[i + 1];
      u += a[i + 2] * b[i + 2];
      v += a[i + 3] * b[i + 3];
    }
    for (int i = a.length & ~3; i < a.length; i++) {
      s += a[i] * b[i];
    }
    return s + t + (u + v);
  }

  /** Sum of (a - meanA) (b - meanB). */
  static double deviations(double[] a, double meanA, double[] b, double meanB) {
    double s = 0;
    double t = 0;
    double u = 0;
    double v = 0;
    for (int i = 0; i < a.length - 3; i += 4) {
      s += (a[i] - meanA) * (b[i] - meanB);
      t += (a[i + 1] - meanA) * (b[i + 1] - meanB);
      u += (a[i + 2] - meanA) * (b[i + 2] - meanB);
      v += (a[i + 3] - meanA) * (b[i + 3] - meanB);
    }
    for (int i = a.length & ~3; i < a.length; i++) {
      s += (a[i] - meanA) * (b[i] - meanB);
    }
    return s + t + (u + v);
  }

  /** Sum of |a p - b q|. */
  static double distances(double[] a, double p, double[] b, double q) {
    double s = 0;
    double t = 0;
    double u = 0;
    double v = 0;
    for (int i = 0; i < a.length - 3; i += 4) {
      s += Math.abs(a[i] * p - b[i] * q);
      t += Math.abs(a[i + 1] * p - b[i + 1] * q);
      u += Math.abs(a[i + 2] * p - b[i + 2] * q);
      v += Math.abs(a[i + 3] * p - b[i + 3] * q);
    }
    for (int i = a.length & ~3; i < a.length; i++) {
      s += Math.abs(a[i] * p - b[i] * q);
    }
    return s + t + (u + v);
  }
}
