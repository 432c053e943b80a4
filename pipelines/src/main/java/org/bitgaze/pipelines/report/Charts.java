package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;
import org.bitgaze.zoo.Architecture;

/**
 * The numbers behind the plots, of a size that does not depend on the number of images.
 *
 * @param networks names as papers write them, by torchvision's names
 * @param precisions f32 first
 * @param distributions quantiles 0, 1/40, ..., 1 by reference, measure, network and precision
 * @param drifts points of alignment (CC of f32 with saliency) and drift (1 - CC with f32), by
 *     network and precision
 * @param sensitivity points of bits, mean CC with f32 and its 95 % interval, by network and whether
 *     weights have a scale per channel
 * @param flips points of mean drift, share of flipped answers and count, by network
 */
record Charts(
    Map<String, String> networks,
    List<String> precisions,
    Map<String, Map<String, Map<String, Map<String, double[]>>>> distributions,
    Map<String, Map<String, List<double[]>>> drifts,
    Map<String, List<double[]>> sensitivity,
    Map<String, List<double[]>> flips) {
  private static final List<String> MEASURES = List.of("CC", "SIM", "KLD");

  /** As many as one can tell apart, and as a page can hold. */
  private static final int MAX_POINTS = 4000;

  static Charts of(Summary summary, Rows rows) throws IOException {
    Map<String, String> networks = new LinkedHashMap<>();
    summary.networks().forEach(n -> networks.put(n, Architecture.of(n).title()));
    return new Charts(
        networks,
        summary.precisions(),
        distributions(summary, rows),
        drifts(summary, rows),
        sensitivity(summary),
        flips(summary, rows));
  }

  private static Map<String, Map<String, Map<String, Map<String, double[]>>>> distributions(
      Summary summary, Rows rows) throws IOException {
    Map<String, Map<String, Map<String, Map<String, double[]>>>> all = new LinkedHashMap<>();
    for (String reference : List.of("f32", "saliency", "mask")) {
      for (String metric : MEASURES) {
        for (String network : summary.networks()) {
          for (String precision : summary.precisions()) {
            if (summary.line(network, precision, reference, metric).isPresent()) {
              double[] quantiles = rows.distribution(network, precision, reference, metric);
              all.computeIfAbsent(reference, k -> new LinkedHashMap<>())
                  .computeIfAbsent(metric, k -> new LinkedHashMap<>())
                  .computeIfAbsent(network, k -> new LinkedHashMap<>())
                  .put(precision, rounded(quantiles));
            }
          }
        }
      }
    }
    return all;
  }

  private static Map<String, Map<String, List<double[]>>> drifts(Summary summary, Rows rows)
      throws IOException {
    Map<String, Map<String, List<double[]>>> all = new LinkedHashMap<>();
    List<String> integers = integers(summary);
    int limit = MAX_POINTS / Math.max(1, summary.networks().size() * integers.size());
    for (String network : summary.networks()) {
      for (String precision : integers) {
        List<double[]> points = new ArrayList<>();
        for (Rows.Point point : rows.drifts(network, precision, limit)) {
          points.add(rounded(new double[] {point.alignment(), point.drift()}));
        }
        all.computeIfAbsent(network, k -> new LinkedHashMap<>()).put(precision, points);
      }
    }
    return all;
  }

  private static Map<String, List<double[]>> sensitivity(Summary summary) {
    Map<String, List<double[]>> all = new LinkedHashMap<>();
    for (String network : summary.networks()) {
      for (String name : integers(summary)) {
        Precision precision = Precision.of(name);
        String series =
            Architecture.of(network).title() + (precision.perChannel() ? ", per channel" : "");
        summary
            .line(network, name, "f32", "CC")
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
    for (String network : summary.networks()) {
      List<double[]> points = new ArrayList<>();
      for (Rows.FlipBin bin : rows.flips(network)) {
        double share = (double) bin.flips() / bin.count();
        points.add(rounded(new double[] {bin.drift(), share, bin.count()}));
      }
      all.put(Architecture.of(network).title(), points);
    }
    return all;
  }

  private static List<String> integers(Summary summary) {
    return summary.precisions().stream().filter(p -> !Precision.of(p).isFloat()).toList();
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
