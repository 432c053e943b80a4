package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.quant.Precision;

/**
 * The numbers behind the plots. Their size does not depend on the number of images.
 *
 * @param networks models' titles, by id
 * @param precisions f32 first
 * @param alignment the saliency method that alignment is with: the first that is not a control, if
 *     there is one
 * @param distributions quantiles 0, 1/40, ..., 1 by reference, measure, model and precision
 * @param drifts points of alignment (CC of f32 with that saliency) and drift (1 - CC with f32), by
 *     network and precision
 * @param sensitivity points of bits, mean CC with f32 and its 95 % interval, by network and whether
 *     weights have a scale per channel
 * @param flips points of mean drift, share of flipped answers and count, by network
 */
record Charts(
    Map<String, String> networks,
    List<String> precisions,
    String alignment,
    Map<String, Map<String, Map<String, Map<String, double[]>>>> distributions,
    Map<String, Map<String, List<double[]>>> drifts,
    Map<String, List<double[]>> sensitivity,
    Map<String, List<double[]>> flips) {
  /** More points can neither be told apart nor held by a page. */
  private static final int MAX_POINTS = 4000;

  static Charts of(Summary summary, RowQueries rows, Distributions distributions)
      throws IOException {
    String alignment = alignment(summary);
    boolean correlated = summary.measures(StandardMeasure.CC::equals).size() == 1;
    return new Charts(
        summary.models(),
        summary.precisions(),
        alignment,
        distributions(summary, distributions),
        correlated ? drifts(summary, rows, alignment) : Map.of(),
        sensitivity(summary),
        correlated ? flips(summary, rows) : Map.of());
  }

  private static Map<String, Map<String, Map<String, Map<String, double[]>>>> distributions(
      Summary summary, Distributions distributions) {
    Map<String, Map<String, Map<String, Map<String, double[]>>>> all = new LinkedHashMap<>();
    // Drift comes first, because the page is about it.
    List<Reference> references = new ArrayList<>(summary.references(Reference.F32::equals));
    references.addAll(summary.references(r -> r.isMap() && !r.equals(Reference.F32)));
    for (Reference compared : references) {
      String reference = compared.id();
      for (String measure : Distributions.measures(summary)) {
        for (String model : summary.models().keySet()) {
          for (String precision : summary.precisions()) {
            if (summary.has(model, precision, reference, measure)) {
              double[] quantiles = distributions.get(model, precision, reference, measure);
              all.computeIfAbsent(reference, k -> new LinkedHashMap<>())
                  .computeIfAbsent(measure, k -> new LinkedHashMap<>())
                  .computeIfAbsent(model, k -> new LinkedHashMap<>())
                  .put(precision, rounded(quantiles));
            }
          }
        }
      }
    }
    return all;
  }

  /** Points of the images whose keys have the smallest digests: the same images for all maps. */
  private static Map<String, Map<String, List<double[]>>> drifts(
      Summary summary, RowQueries rows, String alignment) throws IOException {
    String cc = StandardMeasure.CC.id();
    List<Integer> order = rows.digestOrder();
    Map<String, Map<String, List<double[]>>> all = new LinkedHashMap<>();
    int limit = MAX_POINTS / Math.max(1, summary.models().size() * summary.quantized().size());
    for (String model : summary.models().keySet()) {
      double[] aligned =
          rows.values(new Pairs.Place(model, Precision.F32.toString(), alignment), cc);
      for (String precision : summary.quantized()) {
        double[] drift = rows.values(new Pairs.Place(model, precision, Reference.F32.id()), cc);
        List<double[]> points =
            order.stream()
                .filter(i -> !Double.isNaN(aligned[i]) && !Double.isNaN(drift[i]))
                .limit(limit)
                .map(i -> rounded(aligned[i], 1 - drift[i]))
                .toList();
        all.computeIfAbsent(model, k -> new LinkedHashMap<>()).put(precision, points);
      }
    }
    return all;
  }

  /** The saliency that drift is shown against; the control if there is no other. */
  private static String alignment(Summary summary) {
    return summary.references(Reference::isSaliency).stream()
        .min(Comparator.comparing(Reference::isControl).thenComparing(r -> r))
        .orElse(Reference.CENTRE)
        .id();
  }

  private static Map<String, List<double[]>> sensitivity(Summary summary) {
    Map<String, List<double[]>> all = new LinkedHashMap<>();
    for (String model : summary.models().keySet()) {
      for (String name : summary.quantized()) {
        Optional<SummaryLine> line =
            summary.line(model, name, "f32", "CC").filter(l -> l.mean() != null);
        Optional<Precision> found = Precision.find(name);
        // Candidates with names of their own, and mixed precisions, have no number of bits.
        if (found.isPresent() && line.isPresent()) {
          SummaryLine l = line.get();
          double low = l.ci95Low() == null ? l.mean() : l.ci95Low();
          double high = l.ci95High() == null ? l.mean() : l.ci95High();
          Precision precision = found.get();
          all.computeIfAbsent(
                  summary.models().get(model) + (precision.perChannel() ? ", per channel" : ""),
                  k -> new ArrayList<>())
              .add(rounded(precision.bits(), l.mean(), low, high));
        }
      }
    }
    all.values().forEach(points -> points.sort((a, b) -> Double.compare(a[0], b[0])));
    all.values().removeIf(points -> points.size() < 2);
    return all;
  }

  /** A model's comparisons at all integer precisions, in tenths by falling correlation. */
  private static Map<String, List<double[]>> flips(Summary summary, RowQueries rows)
      throws IOException {
    String sql =
        """
        SELECT avg(drift), count(*), count(*) FILTER (FLIP = 1)
        FROM (SELECT 1 - CC AS drift, FLIP,
                     ntile(10) OVER (ORDER BY CC DESC, image_number, precision) AS bin
              FROM drifts WHERE model = ? AND precision <> ? AND CC IS NOT NULL)
        GROUP BY bin ORDER BY bin
        """;
    Map<String, List<double[]>> all = new LinkedHashMap<>();
    for (Map.Entry<String, String> model : summary.models().entrySet()) {
      List<double[]> points =
          rows.withDrifts()
              .query(
                  sql,
                  row ->
                      rounded(
                          row.getDouble(1),
                          (double) row.getLong(3) / row.getLong(2),
                          row.getLong(2)),
                  model.getKey(),
                  Precision.F32B.toString());
      all.put(model.getValue(), points);
    }
    return all;
  }

  /** Five significant digits: a screen shows no more. */
  private static double[] rounded(double... values) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = new BigDecimal(values[i]).round(new MathContext(5)).doubleValue();
    }
    return out;
  }
}
