package org.bitgaze.pipelines.gate;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Holm's step-down correction of p-values for several tests (Holm 1979). */
public final class HolmCorrection {
  private HolmCorrection() {}

  /**
   * Corrects p-values: the i-th smallest of m times m - i + 1, at least those before it, at most 1.
   *
   * @param p one per test
   * @return the corrected ones, in the same order
   */
  public static double[] of(double... p) {
    List<Integer> order =
        IntStream.range(0, p.length).boxed().sorted(Comparator.comparingDouble(i -> p[i])).toList();
    double[] corrected = new double[p.length];
    double before = 0;
    for (int rank = 0; rank < p.length; rank++) {
      int i = order.get(rank);
      before = Math.max(before, Math.min(1, p[i] * (p.length - rank)));
      corrected[i] = before;
    }
    return corrected;
  }
}
