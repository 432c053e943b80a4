package org.bitgaze.quant;

/**
 * The narrowest range of whole bins that cuts at most a given share of the values. One-sided
 * activations, such as those behind a ReLU, lose the whole share at their one end; two-sided ones
 * lose at most half of it at each end.
 */
final class PercentileRange {
  private PercentileRange() {}

  /**
   * Returns the range.
   *
   * @param h the values
   * @param percent the percentage of values to keep
   * @return edges of bins, extended to include 0 and rounded to float32
   */
  static Range of(Histogram h, double percent) {
    if (h.low() == h.high()) {
      return new Range(0, 0);
    }
    int sides = (h.low() < 0 ? 1 : 0) + (h.high() > 0 ? 1 : 0);
    long all = h.counted() + h.zeros();
    long cut = (long) Math.floor(all * ((100 - percent) / 100 / sides));
    return new Range(
        h.low() < 0 ? (float) Math.min(h.edge(first(h, cut)), 0) : 0,
        h.high() > 0 ? (float) Math.max(h.edge(last(h, cut)), 0) : 0);
  }

  /** The largest edge below which at most {@code cut} values lie. */
  private static int first(Histogram h, long cut) {
    int edge = 0;
    for (long below = 0; edge < Histogram.BINS; edge++) {
      below += h.count(edge);
      if (below > cut) {
        break;
      }
    }
    return edge;
  }

  /** The smallest edge above which at most {@code cut} values lie. */
  private static int last(Histogram h, long cut) {
    int edge = Histogram.BINS;
    for (long above = 0; edge > 0; edge--) {
      above += h.count(edge - 1);
      if (above > cut) {
        break;
      }
    }
    return edge;
  }
}
