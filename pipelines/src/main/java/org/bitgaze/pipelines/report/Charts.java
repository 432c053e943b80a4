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
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * The numbers behind the plots, of a size that does not depend on the number of images.
 *
 * @param networks models' names for people, by id
 * @param precisions f32 first
 * @param alignment the saliency that alignment is with: the first that is no control, if there is
 *     one
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
  /** As many as one can tell apart, and as a page can hold. */
  private static final int MAX_POINTS = 4000;

  static Charts of(Summary summary, Rows rows) throws IOException {
    String alignment = alignment(summary);
    return new Charts(
        summary.models(),
        summary.precisions(),
        alignment,
        distributions(summary, rows),
        drifts(summary, rows, alignment),
        sensitivity(summary),
        flips(summary, rows));
  }

  private static Map<String, Map<String, Map<String, Map<String, double[]>>>> distributions(
      Summary summary, Rows rows) throws IOException {
    Map<String, Map<String, Map<String, Map<String, double[]>>>> all = new LinkedHashMap<>();
    // The drift first: it is what the page is about.
    List<Reference> references = new ArrayList<>(List.of(Reference.F32));
    references.addAll(Reference.all(r -> r.isMap() && !r.equals(Reference.F32)));
    for (Reference compared : references) {
      String reference = compared.id();
      for (String measure : measures(summary)) {
        for (String model : summary.models().keySet()) {
          for (String precision : summary.precisions()) {
            if (summary.line(model, precision, reference, measure).isPresent()) {
              double[] quantiles = rows.distribution(model, precision, reference, measure);
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

  private static Map<String, Map<String, List<double[]>>> drifts(
      Summary summary, Rows rows, String alignment) throws IOException {
    Map<String, Map<String, List<double[]>>> all = new LinkedHashMap<>();
    if (!measures(summary).contains(StandardMeasure.CC.id())) {
      return all;
    }
    List<String> integers = integers(summary);
    int limit = MAX_POINTS / Math.max(1, summary.models().size() * integers.size());
    for (String model : summary.models().keySet()) {
      for (String precision : integers) {
        List<double[]> points = new ArrayList<>();
        for (Rows.Point point : rows.drifts(model, precision, alignment, limit)) {
          points.add(rounded(new double[] {point.alignment(), point.drift()}));
        }
        all.computeIfAbsent(model, k -> new LinkedHashMap<>()).put(precision, points);
      }
    }
    return all;
  }

  /** The saliency that drift is shown against; the control where there is no other. */
  private static String alignment(Summary summary) {
    return summary.lines().stream()
        .map(l -> Reference.of(l.reference()))
        .filter(Reference::isSaliency)
        .min(Comparator.comparing(Reference::isControl).thenComparing(r -> r))
        .orElse(Reference.CENTRE)
        .id();
  }

  private static Map<String, List<double[]>> sensitivity(Summary summary) {
    Map<String, List<double[]>> all = new LinkedHashMap<>();
    for (String model : summary.models().keySet()) {
      for (String name : integers(summary)) {
        Optional<Precision> found = Precision.find(name);
        if (found.isEmpty()) {
          // A candidate with a name of its own, or a mixed precision, has no place on an axis of
          // bits.
          continue;
        }
        Precision precision = found.get();
        String series =
            summary.models().get(model) + (precision.perChannel() ? ", per channel" : "");
        summary
            .line(model, name, "f32", "CC")
            .filter(l -> l.mean() != null)
            .ifPresent(
                l -> {
                  double low = l.ci95Low() == null ? l.mean() : l.ci95Low();
                  double high = l.ci95High() == null ? l.mean() : l.ci95High();
                  all.computeIfAbsent(series, k -> new ArrayList<>())
                      .add(rounded(new double[] {precision.bits(), l.mean(), low, high}));
                });
      }
    }
    all.values().forEach(points -> points.sort((a, b) -> Double.compare(a[0], b[0])));
    all.values().removeIf(points -> points.size() < 2);
    return all;
  }

  private static Map<String, List<double[]>> flips(Summary summary, Rows rows) throws IOException {
    Map<String, List<double[]>> all = new LinkedHashMap<>();
    if (!measures(summary).contains(StandardMeasure.CC.id())) {
      return all;
    }
    for (String model : summary.models().keySet()) {
      List<double[]> points = new ArrayList<>();
      for (Rows.FlipBin bin : rows.flips(model)) {
        double share = (double) bin.flips() / bin.count();
        points.add(rounded(new double[] {bin.drift(), share, bin.count()}));
      }
      all.put(summary.models().get(model), points);
    }
    return all;
  }

  /** The measures of maps that have a distribution to show, the drift's first. */
  static List<String> measures(Summary summary) {
    return MeasureCatalog.all().stream()
        .filter(m -> m.isOfMaps() && !m.isShare())
        .map(Measure::id)
        .filter(id -> summary.lines().stream().anyMatch(l -> l.measure().equals(id)))
        .sorted(Comparator.comparing(id -> !id.equals("CC")))
        .toList();
  }

  /** The precisions that quantize, in their order. */
  static List<String> integers(Summary summary) {
    return summary.precisions().stream().filter(p -> !Precision.isFloat(p)).toList();
  }

  /** Five significant digits: a screen has no more. */
  private static double[] rounded(double[] values) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = new BigDecimal(values[i]).round(new MathContext(5)).doubleValue();
    }
    return out;
  }
}
