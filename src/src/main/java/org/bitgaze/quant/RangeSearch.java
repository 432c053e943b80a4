package org.bitgaze.quant;

import org.bitgaze.quant.Precision.IntegerRange;

/**
 * Searches the best part of the range between the extremes: 100 %, 98 %, ..., 30 % of both ends. Of
 * equal errors, that of the widest range wins.
 */
final class RangeSearch {
  private static final int CANDIDATES = 36;

  private RangeSearch() {}

  /** What a range costs. */
  @FunctionalInterface
  interface Error {
    /**
     * Returns the error of a range.
     *
     * @param h the values
     * @param range a candidate
     * @param q the range's quantization
     * @return the error; positive infinity excludes the range
     */
    double of(Histogram h, Range range, FakeQuantize q);
  }

  /**
   * Returns the range with the smallest error.
   *
   * @param h the values
   * @param integers the integers that a value may become
   * @param error what is minimized
   * @return the range, in float32
   */
  static Range best(Histogram h, IntegerRange integers, Error error) {
    Range best = candidate(h, 0);
    if (h.counted() == 0) {
      return best;
    }
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
      Range range = candidate(h, i);
      double found = error.of(h, range, range.affine(integers));
      if (found < smallest) {
        smallest = found;
        best = range;
      }
    }
    return best;
  }

  private static Range candidate(Histogram h, int i) {
    double factor = (100 - 2 * i) / 100.0;
    // The sum turns -0.0 into 0.0.
    return new Range((float) (factor * h.low()) + 0.0, (float) (factor * h.high()) + 0.0);
  }

  /** The integer that a value becomes. */
  static long level(double value, FakeQuantize q) {
    long rounded = (long) Math.rint(value / q.scale()) + q.zeroPoint();
    return Math.max(q.integers().qmin(), Math.min(q.integers().qmax(), rounded));
  }
}
