package org.bitgaze.pipelines.report;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.bitgaze.pipelines.gate.HolmCorrection;

/** Holm's step-down correction of p-values for several tests (Holm 1979). */
final class Holm {
  private Holm() {}

  /**
   * Corrects the tests of a table, in place.
   *
   * @param rows the table
   * @param test finds a row's test
   * @param with puts the corrected test into a row
   */
  static <T> void correct(
      List<T> rows, Function<T, PairedDifference> test, BiFunction<T, PairedDifference, T> with) {
    double[] corrected =
        correct(rows.stream().map(test).mapToDouble(PairedDifference::p).toArray());
    for (int i = 0; i < corrected.length; i++) {
      T row = rows.get(i);
      rows.set(i, with.apply(row, test.apply(row).withCorrected(corrected[i])));
    }
  }

  /**
   * Corrects p-values: the i-th smallest of m times m - i + 1, at least those before it, at most 1.
   *
   * @param p one per test
   * @return the corrected ones, in the same order
   */
  static double[] correct(double[] p) {
    return HolmCorrection.of(p);
  }
}
