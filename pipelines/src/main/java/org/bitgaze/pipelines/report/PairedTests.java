package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.output.RowQueries;

/** Paired tests within a run, computed on all cores: each sorts as many numbers as images. */
final class PairedTests {
  /**
   * A test.
   *
   * @param measure the measure's id
   * @param place where the values are
   * @param other where the values are that are subtracted
   * @param name of the other place, for {@link PairedDifference#other}
   */
  record Request(String measure, Pairs.Place place, Pairs.Place other, String name) {}

  private PairedTests() {}

  /**
   * Computes tests.
   *
   * @param row makes a table's row of the pairs and their test
   * @return one row per test that has pairs, in their order; it can be changed
   */
  static <T> List<T> of(
      RowQueries rows, List<Request> tests, BiFunction<Pairs, PairedDifference, T> row)
      throws IOException {
    List<T> found = new ArrayList<>();
    InParallel.map(tests, test -> of(rows, test, row)).forEach(made -> made.ifPresent(found::add));
    return found;
  }

  private static <T> Optional<T> of(
      RowQueries rows, Request test, BiFunction<Pairs, PairedDifference, T> row)
      throws IOException {
    Pairs pairs = Pairs.of(rows, test.measure, test.place, test.other);
    return pairs.isEmpty()
        ? Optional.empty()
        : Optional.of(
            row.apply(pairs, PairedDifference.of(test.place, test.name, test.measure, pairs)));
  }
}
