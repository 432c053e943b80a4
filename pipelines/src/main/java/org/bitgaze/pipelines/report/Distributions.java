package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.measure.Measure;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;

/** Quantiles 0, 1/40, ..., 1 of a run's measures, computed once for all that shows them. */
final class Distributions {
  /** The number of quantiles. */
  private static final int POINTS = 41;

  private final Map<List<String>, double[]> quantiles = new HashMap<>();

  private Distributions() {}

  static Distributions of(Summary summary, RowQueries rows) throws IOException {
    Distributions all = new Distributions();
    for (String measure : measures(summary).stream().filter(rows::has).toList()) {
      List<Pairs.Place> places = rows.places(measure);
      List<double[]> found =
          InParallel.map(places, place -> quantiles(sorted(rows.values(place, measure))));
      for (int i = 0; i < found.size(); i++) {
        Pairs.Place place = places.get(i);
        all.quantiles.put(
            List.of(place.model(), place.precision(), place.reference(), measure), found.get(i));
      }
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

  /** Values that are there, in ascending order. */
  private static double[] sorted(double[] values) {
    return Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
  }

  /**
   * Interpolates between the neighbours of position (n - 1) q: definition 7 of Hyndman and Fan
   * (1996), to the bit as DuckDB's {@code quantile_cont}.
   *
   * @param sorted at least one number
   */
  static double[] quantiles(double[] sorted) {
    double[] levels = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      double position = (sorted.length - 1) * ((double) i / (POINTS - 1));
      double part = position - Math.floor(position);
      double low = sorted[(int) Math.floor(position)];
      levels[i] = part == 0 ? low : low * (1 - part) + sorted[(int) Math.ceil(position)] * part;
    }
    return levels;
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
