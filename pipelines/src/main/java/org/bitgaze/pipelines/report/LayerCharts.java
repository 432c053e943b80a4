package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.layers.CostKind;
import org.bitgaze.pipelines.layers.Effect;
import org.bitgaze.pipelines.layers.Estimate;
import org.bitgaze.pipelines.layers.FrontierPoint;
import org.bitgaze.pipelines.layers.LayersResult;
import org.bitgaze.pipelines.layers.MixedResult;
import org.bitgaze.pipelines.layers.ModelResult;
import org.bitgaze.pipelines.layers.Sensitivity;
import org.bitgaze.quant.sweep.QuantizedPart;

/**
 * The numbers behind the plots of a report on layers.
 *
 * @param sweeps one per model and precision
 * @param frontiers one per model that has a proposal
 */
record LayerCharts(List<Sweep> sweeps, List<Frontier> frontiers) {

  /**
   * Bars, one per layer in network order; each mean with the ends of its 95 % confidence interval.
   *
   * @param title the model's title and the precision
   * @param layers the layers' names
   * @param series by the chart's name and the trial's kind, three numbers per layer; null if there
   *     is no value
   */
  record Sweep(
      String title, List<String> layers, Map<String, Map<String, List<Double[]>>> series) {}

  /**
   * Drift against cost.
   *
   * @param title the model's title
   * @param axis the cost
   * @param points by criterion, relative cost (1 = floating point) and drift with the ends of its
   *     interval
   * @param choices the same by the name of the proposal, and of what is compared with it
   */
  record Frontier(
      String title,
      String axis,
      Map<String, List<Double[]>> points,
      Map<String, Double[]> choices) {}

  static LayerCharts of(LayersResult result) {
    List<Sweep> sweeps = new ArrayList<>();
    List<Frontier> frontiers = new ArrayList<>();
    for (ModelResult model : result.models()) {
      for (String precision : result.precisions()) {
        sweeps.add(sweep(model, precision));
      }
      model.mixed().forEach(mixed -> frontiers.add(frontier(model, mixed)));
    }
    return new LayerCharts(sweeps, frontiers);
  }

  private static Sweep sweep(ModelResult model, String precision) {
    List<Sensitivity> lines =
        model.lines().stream()
            .filter(l -> l.precision().equals(precision) && !l.layer().isEmpty())
            .toList();
    List<String> layers = lines.stream().map(Sensitivity::layer).distinct().toList();
    Map<String, Map<String, List<Double[]>>> series = new LinkedHashMap<>();
    for (String chart : List.of("drift", StandardMeasure.SQNR.id(), StandardMeasure.FLIP.id())) {
      Map<String, List<Double[]>> kinds = new LinkedHashMap<>();
      for (QuantizedPart kind : QuantizedPart.values()) {
        Map<String, Sensitivity> byLayer = new LinkedHashMap<>();
        lines.stream()
            .filter(l -> l.trial().equals(kind.id()))
            .forEach(l -> byLayer.put(l.layer(), l));
        if (!byLayer.isEmpty()) {
          kinds.put(kind.id(), layers.stream().map(l -> numbers(byLayer.get(l), chart)).toList());
        }
      }
      series.put(chart, kinds);
    }
    return new Sweep(model.title() + ", " + precision, layers, series);
  }

  private static Double[] numbers(Sensitivity line, String chart) {
    if (line == null) {
      return new Double[3];
    }
    Estimate value =
        chart.equals("drift") ? line.effect().drift() : line.effect().values().get("f32_" + chart);
    return value == null ? new Double[3] : new Double[] {value.mean(), value.low(), value.high()};
  }

  private static Frontier frontier(ModelResult model, MixedResult mixed) {
    boolean size = mixed.cost().equals(CostKind.SIZE.id());
    double whole =
        mixed.frontier().stream()
            .mapToDouble(p -> size ? p.weightBits() : p.bitOperations())
            .max()
            .orElse(1);
    Map<String, List<Double[]>> points = new LinkedHashMap<>();
    for (FrontierPoint point : mixed.frontier()) {
      double cost = size ? point.weightBits() : point.bitOperations();
      points
          .computeIfAbsent(point.criterion(), k -> new ArrayList<>())
          .add(drift(cost / whole, point.effect()));
    }
    Map<String, Double[]> choices = new LinkedHashMap<>();
    mixed
        .choices()
        .forEach(
            c ->
                choices.put(
                    c.name(),
                    drift((size ? c.weightBits() : c.bitOperations()) / whole, c.heldOut())));
    return new Frontier(
        model.title(),
        (size ? "size of the weights" : "bit operations") + ", of floating point",
        points,
        choices);
  }

  private static Double[] drift(double cost, Effect effect) {
    Estimate drift = effect.drift();
    return drift == null
        ? new Double[] {cost, null, null, null}
        : new Double[] {cost, drift.mean(), drift.low(), drift.high()};
  }
}
