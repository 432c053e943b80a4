package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.layers.ConfigurationResult;
import org.bitgaze.pipelines.layers.DriftExample;
import org.bitgaze.pipelines.layers.Effect;
import org.bitgaze.pipelines.layers.Estimate;
import org.bitgaze.pipelines.layers.FrontierPoint;
import org.bitgaze.pipelines.layers.LayersResult;
import org.bitgaze.pipelines.layers.MixedResult;
import org.bitgaze.pipelines.layers.ModelResult;
import org.bitgaze.pipelines.layers.QuietLayer;
import org.bitgaze.pipelines.layers.RatioAgreement;
import org.bitgaze.pipelines.output.MapImage;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;

/** Writes {@code layers.html}, and summarizes it for a terminal. */
public final class LayersReport {
  private LayersReport() {}

  /** Writes the page. */
  public static void write(LayersResult result, RunInfo run, Path file) throws IOException {
    Map<String, Object> model = new HashMap<>();
    model.put("result", result);
    model.put("run", run);
    model.put("pictures", pictures(result));
    model.put("data", Page.json(LayerCharts.of(result)));
    Page.write("layers", model, file);
  }

  /**
   * Pictures of a layer that is quiet but harmful.
   *
   * @param title the model's title
   * @param layer the layer
   * @param images its worst images
   */
  public record LayerPictures(String title, QuietLayer layer, List<Picture> images) {}

  /**
   * Pictures of one image.
   *
   * @param key the image's key
   * @param drift in words
   * @param photograph data URI
   * @param f32 the map, a data URI
   * @param quantized the map with the layer quantized, a data URI
   */
  public record Picture(
      String key, String drift, String photograph, String f32, String quantized) {}

  private static List<LayerPictures> pictures(LayersResult result) throws IOException {
    ColorMap colours = ColorMap.viridis();
    List<LayerPictures> all = new ArrayList<>();
    for (ModelResult model : result.models()) {
      for (QuietLayer layer : model.quiet()) {
        List<Picture> images = new ArrayList<>();
        for (DriftExample shown : layer.worst()) {
          images.add(
              new Picture(
                  shown.key(),
                  shown.cc() == null ? "no CC" : format("CC %.3f", shown.cc()),
                  "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(shown.picture()),
                  png(colours, shown.f32()),
                  png(colours, shown.quantized())));
        }
        all.add(new LayerPictures(model.title(), layer, images));
      }
    }
    return all;
  }

  private static String png(ColorMap colours, MapImage map) throws IOException {
    return colours.png(map.heatmap().resize(MapImage.SIDE, MapImage.SIDE));
  }

  /**
   * Summarizes the result.
   *
   * @return lines for a terminal
   */
  public static List<String> text(LayersResult result) {
    List<String> lines = new ArrayList<>();
    for (ModelResult model : result.models()) {
      for (RatioAgreement a : model.agreements()) {
        lines.add(
            format(
                "%s, %s: Spearman's correlation of %s with drift %.3f over %d layers",
                model.title(), a.precision(), a.measure(), a.rho(), a.layers()));
      }
      for (QuietLayer quiet : model.quiet()) {
        lines.add(
            format(
                "%s, %s: quiet but harmful: %s, drift %.4f at %.1f dB",
                model.title(),
                quiet.line().precision(),
                quiet.line().layer(),
                quiet.line().drift().orElse(Double.NaN),
                quiet.line().mean(StandardMeasure.SQNR).orElse(Double.NaN)));
      }
      lines.add(
          format(
              "%s: %.0f %% of the multiply-adds of all configurations were reused",
              model.title(), 100 * model.saved()));
      model.mixed().forEach(mixed -> text(model, mixed, lines));
    }
    return lines;
  }

  private static void text(ModelResult model, MixedResult mixed, List<String> lines) {
    lines.add("");
    lines.add(
        format(
            "%s: %s at the least %s, searched on %d images; results on %d images that were held out:",
            model.title(),
            String.join(", ", mixed.budget()),
            mixed.cost(),
            mixed.searchedImages(),
            mixed.heldOutImages()));
    Layout<ConfigurationResult> choices =
        new Layout<ConfigurationResult>()
            .left("", ConfigurationResult::name)
            .right("weights KB", c -> format("%.1f", c.weightBits() / 8e3))
            .right("G bit ops", c -> format("%.3f", c.bitOperations() / 1e9));
    effects(choices, ConfigurationResult::heldOut)
        .right("mixed leads by", c -> text(Optional.of(c.lead()).filter(l -> l.low() != null), 3));
    for (String key : mixed.columns()) {
      choices.right(
          key, c -> Numbers.fixed(c.heldOut().values().getOrDefault(key, Estimate.NONE).mean(), 4));
    }
    lines.addAll(choices.of(mixed.choices()).text());
    lines.add(verdict(mixed));
    lines.add("frontier:");
    Layout<FrontierPoint> frontier =
        new Layout<FrontierPoint>()
            .left("", p -> p.criterion() + " " + p.step())
            .right("weights KB", p -> format("%.1f", p.weightBits() / 8e3))
            .right("G bit ops", p -> format("%.3f", p.bitOperations() / 1e9));
    lines.addAll(effects(frontier, FrontierPoint::effect).of(mixed.frontier()).text());
  }

  private static <T> Layout<T> effects(Layout<T> layout, Function<T, Effect> effect) {
    return layout
        .right("drift [95 % CI]", row -> text(Optional.ofNullable(effect.apply(row).drift()), 4))
        .right("vanished", row -> effect.apply(row).vanished())
        .right(
            "flips",
            row ->
                Numbers.percent(
                    effect.apply(row).values().getOrDefault("f32_FLIP", Estimate.NONE).mean()));
  }

  private static String text(Optional<Estimate> estimate, int decimals) {
    return estimate
        .map(e -> Numbers.interval(e.mean(), e.low(), e.high(), false, decimals))
        .orElse("-");
  }

  /** Whether the proposal keeps its budget. */
  private static String verdict(MixedResult mixed) {
    if (!mixed.kept()) {
      return "✗ no configuration keeps the budget on the images of the search; mixed is "
          + (mixed.layers().values().stream().allMatch("f32"::equals)
              ? "f32"
              : "the last one tried");
    }
    return mixed.keptHeldOut()
        ? "✓ mixed keeps the budget on the images that were held out"
        : "✗ mixed keeps the budget on the images of the search, but not on those held out";
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
