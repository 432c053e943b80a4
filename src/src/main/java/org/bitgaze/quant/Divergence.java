package org.bitgaze.quant;

/**
 * The Kullback-Leibler divergence between the values, with those outside the range moved to its
 * outermost bins, and what remains of those inside when all bins of a quantization step share their
 * mean count: the search of TensorRT and ONNX Runtime, for affine ranges. Infinite if a bin has
 * values before quantization and none after.
 */
final class Divergence implements RangeSearch.Error {
  @Override
  public double of(Histogram h, Range range, FakeQuantize q) {
    int first = 0;
    while (first < Histogram.BINS && h.centre(first) < range.min()) {
      first++;
    }
    int last = Histogram.BINS - 1;
    while (last >= first && h.centre(last) > range.max()) {
      last--;
    }
    if (last < first) {
      return Double.POSITIVE_INFINITY;
    }
    double[] moved = moved(h, first, last);
    double[] shared = shared(h, first, last, moved, q);
    return divergence(moved, shared);
  }

  /** The counts from bin {@code first} to {@code last}, with those outside at the ends. */
  private static double[] moved(Histogram h, int first, int last) {
    double[] p = new double[last - first + 1];
    for (int k = 0; k < Histogram.BINS; k++) {
      p[Math.max(first, Math.min(last, k)) - first] += h.count(k);
    }
    return p;
  }

  /** The counts inside, shared by those bins of each step that have values. */
  private static double[] shared(Histogram h, int first, int last, double[] moved, FakeQuantize q) {
    double[] shared = new double[moved.length];
    for (int start = first; start <= last; ) {
      long level = RangeSearch.level(h.centre(start), q);
      long sum = 0;
      int occupied = 0;
      int end = start;
      for (; end <= last && RangeSearch.level(h.centre(end), q) == level; end++) {
        sum += h.count(end);
        occupied += moved[end - first] > 0 ? 1 : 0;
      }
      for (int k = start; k < end; k++) {
        shared[k - first] = moved[k - first] > 0 ? (double) sum / occupied : 0;
      }
      start = end;
    }
    return shared;
  }

  private static double divergence(double[] p, double[] q) {
    double allP = 0;
    double allQ = 0;
    for (int k = 0; k < p.length; k++) {
      allP += p[k];
      allQ += q[k];
    }
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      if (p[k] > 0) {
        if (q[k] == 0) {
          return Double.POSITIVE_INFINITY;
        }
        double share = p[k] / allP;
        sum += share * Math.log(share / (q[k] / allQ));
      }
    }
    return sum;
  }
}
