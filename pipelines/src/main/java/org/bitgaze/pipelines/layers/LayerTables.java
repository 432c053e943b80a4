package org.bitgaze.pipelines.layers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;

/** {@code layers.csv}, {@code layers.parquet} and {@code frontier.csv}. */
public final class LayerTables {
  private LayerTables() {}

  /**
   * Writes {@code layers.csv} and {@code layers.parquet}: a line per model, precision, trial and
   * layer, with the layer empty for the whole network. Columns are the drift and the vanished maps
   * (see {@link Effect}) and, for each reference and measure, mean, ends of its 95 % confidence
   * interval, and count.
   */
  public static void layers(LayersResult result, Path folder) throws IOException {
    List<Sensitivity> lines =
        result.models().stream().flatMap(model -> model.lines().stream()).toList();
    Layout<Sensitivity> layout =
        new Layout<Sensitivity>()
            .left("model", Sensitivity::model)
            .left("precision", Sensitivity::precision)
            .left("trial", Sensitivity::trial)
            .left("layer", Sensitivity::layer)
            .right("index", Sensitivity::index)
            .right("weights", Sensitivity::weights)
            .right("multiply_adds", Sensitivity::multiplyAdds);
    Path csv = folder.resolve("layers.csv");
    withEffects(layout, lines, Sensitivity::effect).of(lines).writeCsv(csv);
    Tables.parquet(csv, folder.resolve("layers.parquet"));
  }

  /** A point of a model's frontier. */
  private record ModelPoint(String model, FrontierPoint point) {}

  /** Writes {@code frontier.csv}: drift against cost on the images that were held out. */
  public static void frontier(LayersResult result, Path folder) throws IOException {
    List<ModelPoint> points = new ArrayList<>();
    for (ModelResult model : result.models()) {
      for (MixedResult mixed : model.mixed()) {
        mixed.frontier().forEach(point -> points.add(new ModelPoint(model.id(), point)));
      }
    }
    Layout<ModelPoint> layout =
        new Layout<ModelPoint>()
            .left("model", ModelPoint::model)
            .left("criterion", p -> p.point().criterion())
            .right("step", p -> p.point().step())
            .right("weight_bits", p -> p.point().weightBits())
            .right("bit_operations", p -> p.point().bitOperations());
    withEffects(layout, points, p -> p.point().effect())
        .of(points)
        .writeCsv(folder.resolve("frontier.csv"));
  }

  private static <T> Layout<T> withEffects(
      Layout<T> layout, List<T> lines, Function<T, Effect> effect) {
    estimate(layout, "drift", line -> Optional.ofNullable(effect.apply(line).drift()));
    layout.right("vanished", line -> effect.apply(line).vanished());
    TreeSet<String> keys = new TreeSet<>();
    lines.forEach(line -> keys.addAll(effect.apply(line).values().keySet()));
    for (String key : keys) {
      estimate(layout, key, line -> Optional.ofNullable(effect.apply(line).values().get(key)));
    }
    return layout;
  }

  private static <T> void estimate(
      Layout<T> layout, String name, Function<T, Optional<Estimate>> estimate) {
    layout
        .right(name, line -> Numbers.digits(estimate.apply(line).map(Estimate::mean).orElse(null)))
        .right(
            name + "_low",
            line -> Numbers.digits(estimate.apply(line).map(Estimate::low).orElse(null)))
        .right(
            name + "_high",
            line -> Numbers.digits(estimate.apply(line).map(Estimate::high).orElse(null)))
        .right(name + "_count", line -> estimate.apply(line).map(Estimate::count).orElse(null));
  }
}
