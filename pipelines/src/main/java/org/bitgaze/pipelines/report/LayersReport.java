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
import java.util.stream.Collectors;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.layers.Agreement;
import org.bitgaze.pipelines.layers.Choice;
import org.bitgaze.pipelines.layers.Effect;
import org.bitgaze.pipelines.layers.FrontierPoint;
import org.bitgaze.pipelines.layers.LayersResult;
import org.bitgaze.pipelines.layers.MixedResult;
import org.bitgaze.pipelines.layers.ModelResult;
import org.bitgaze.pipelines.layers.QuietLayer;
import org.bitgaze.pipelines.layers.Shown;
import org.bitgaze.pipelines.layers.Value;
import org.bitgaze.pipelines.output.MapImage;
import org.bitgaze.pipelines.output.RunInfo;

/** {@code layers.html}, and the same in short on a terminal. */
public final class LayersReport {
  /** Overlays are drawn this large; the browser smooths them. */
  private static final int SIDE = 56;

  private LayersReport() {}

  /**
   * Writes the page.
   *
   * @param result what was found
   * @param run what was run
   * @param file where to
   * @throws IOException if it cannot be written
   */
  public static void write(LayersResult result, RunInfo run, Path file) throws IOException {
    Map<String, Object> model = new HashMap<>();
    model.put("result", result);
    model.put("run", run);
    model.put("pictures", pictures(result));
    model.put("data", Page.json(LayerCharts.of(result)));
    Page.write("layers", model, file);
  }

  /**
   * A layer that is quiet but harmful, to look at.
   *
   * @param title the model's name
   * @param layer what was found of it
   * @param images its worst images
   */
  public record Pictures(String title, QuietLayer layer, List<Picture> images) {}

  /**
   * An image to look at.
   *
   * @param key its key
   * @param drift in words
   * @param photograph data URI
   * @param f32 the map, a data URI
   * @param quantized the map with the layer quantized, likewise
   */
  public record Picture(
      String key, String drift, String photograph, String f32, String quantized) {}

  private static List<Pictures> pictures(LayersResult result) throws IOException {
    ColorMap colours = ColorMap.viridis();
    List<Pictures> all = new ArrayList<>();
    for (ModelResult model : result.models()) {
      for (QuietLayer layer : model.quiet()) {
        List<Picture> images = new ArrayList<>();
        for (Shown shown : layer.worst()) {
          images.add(
              new Picture(
                  shown.key(),
                  shown.cc() == null ? "no CC" : String.format(Locale.ROOT, "CC %.3f", shown.cc()),
                  "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(shown.picture()),
                  png(colours, shown.f32()),
                  png(colours, shown.quantized())));
        }
        all.add(new Pictures(model.title(), layer, images));
      }
    }
    return all;
  }

  private static String png(ColorMap colours, MapImage map) throws IOException {
    return colours.png(map.heatmap().resize(SIDE, SIDE));
  }

  /**
   * Says in short what was found.
   *
   * @param result what was found
   * @return lines for a terminal
   */
  public static List<String> text(LayersResult result) {
    List<String> lines = new ArrayList<>();
    for (ModelResult model : result.models()) {
      for (Agreement a : model.agreements()) {
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
              "%s: %.0f %% of the multiply-adds of all configurations were the same as before",
              model.title(), 100 * model.saved()));
      model.mixed().forEach(mixed -> text(model, mixed, lines));
    }
    return lines;
  }

  private static void text(ModelResult model, MixedResult mixed, List<String> lines) {
    lines.add("");
    lines.add(
        format(
            "%s: %s, cheapest by %s, searched on %d images; on %d that were held out:",
            model.title(),
            String.join(", ", mixed.budget()),
            mixed.cost(),
            mixed.searchedImages(),
            mixed.heldOutImages()));
    List<String> more = mixed.columns();
    String header =
        format(
            "%-14s %10s %9s %7s %16s %8s %7s %23s",
            "", "weights KB", "G bit ops", "drift", "95 %", "vanished", "flips", "mixed leads by");
    lines.add(header + more.stream().map(c -> format(" %12s", c)).collect(Collectors.joining()));
    for (Choice c : mixed.choices()) {
      String line = line(c.name(), c.weightBits(), c.bitOperations(), c.heldOut());
      String lead =
          c.lead().low() == null
              ? "-"
              : format("%+.3f [%+.3f, %+.3f]", c.lead().mean(), c.lead().low(), c.lead().high());
      lines.add(line + format(" %23s", lead) + columns(c.heldOut(), more));
    }
    lines.add(verdict(mixed));
    lines.add("frontier:");
    for (FrontierPoint p : mixed.frontier()) {
      String name = p.criterion() + " " + p.step();
      lines.add(line(name, p.weightBits(), p.bitOperations(), p.effect()));
    }
  }

  /** Whether the proposal keeps what it was made to keep. */
  private static String verdict(MixedResult mixed) {
    if (!mixed.kept()) {
      return "✗ nothing keeps the budget on the images that were searched; mixed is "
          + (mixed.layers().values().stream().allMatch("f32"::equals) ? "f32" : "the last tried");
    }
    return mixed.keptHeldOut()
        ? "✓ mixed keeps the budget on the images that were held out"
        : "✗ mixed keeps the budget on the images that were searched, not on those held out";
  }

  private static String columns(Effect effect, List<String> columns) {
    return columns.stream()
        .map(c -> format(" %12s", number(effect.values().getOrDefault(c, Value.NONE).mean())))
        .collect(Collectors.joining());
  }

  private static String line(String name, long weights, long operations, Effect effect) {
    Value drift = Optional.ofNullable(effect.drift()).orElse(Value.NONE);
    Value flips = effect.values().getOrDefault("f32_FLIP", Value.NONE);
    return format(
        "%-14s %10.1f %9.3f %7s %16s %8d %7s",
        name,
        weights / 8e3,
        operations / 1e9,
        number(drift.mean()),
        drift.low() == null ? "-" : "[" + number(drift.low()) + ", " + number(drift.high()) + "]",
        effect.vanished(),
        flips.mean() == null ? "-" : format("%.1f %%", 100 * flips.mean()));
  }

  private static String number(Double value) {
    return value == null ? "-" : format("%.4f", value);
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
