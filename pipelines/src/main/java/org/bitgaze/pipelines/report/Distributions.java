package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.sql.Array;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bitgaze.measure.Measure;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;

/** Quantiles 0, 1/40, ..., 1 of a run's measures, computed once for all that shows them. */
final class Distributions {
  /** The number of quantiles. */
  private static final int POINTS = 41;

  private final Map<List<String>, double[]> quantiles = new HashMap<>();

  private Distributions() {}

  static Distributions of(Summary summary, Rows rows) throws IOException {
    Distributions all = new Distributions();
    String levels =
        IntStream.range(0, POINTS)
            .mapToObj(i -> String.valueOf((double) i / (POINTS - 1)))
            .collect(Collectors.joining(", ", "[", "]"));
    for (String measure : measures(summary).stream().filter(rows::has).toList()) {
      String sql =
          """
          SELECT model, precision, reference, quantile_cont(%1$s, %2$s)
          FROM rows WHERE %1$s IS NOT NULL
          GROUP BY model, precision, reference
          """
              .formatted(Rows.column(measure), levels);
      rows.query(
          sql,
          row ->
              all.quantiles.put(
                  List.of(row.getString(1), row.getString(2), row.getString(3), measure),
                  numbers(row.getArray(4))));
    }
    return all;
  }

  /** The measures of maps that have a distribution; CC, which is the drift, comes first. */
  static List<String> measures(Summary summary) {
    return summary
        .measures(m -> m.isOfMaps() && !m.isShare() && m.domain() != Measure.Domain.FAITHFULNESS)
        .stream()
        .map(Measure::id)
        .sorted(Comparator.comparing(id -> !id.equals("CC")))
        .toList();
  }

  private static double[] numbers(Array list) throws SQLException {
    return Arrays.stream((Object[]) list.getArray())
        .mapToDouble(number -> ((Number) number).doubleValue())
        .toArray();
  }

  /**
   * Finds a distribution.
   *
   * @return 41 quantiles; empty if there are no values
   */
  double[] get(String model, String precision, String reference, String measure) {
    return quantiles.getOrDefault(List.of(model, precision, reference, measure), new double[0]);
  }
}
