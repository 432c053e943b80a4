package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.layers.DriftExample;
import org.bitgaze.pipelines.layers.DriftedImage;
import org.bitgaze.pipelines.layers.ModelResult;
import org.bitgaze.pipelines.layers.QuietLayer;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.MapImage;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.sweep.SensitivityRun;

/**
 * Makes the maps of the images that a quiet but harmful layer moves most. A pipeline computes them,
 * as it computes all maps: the launcher only reads the images again.
 */
final class LayerExhibits {
  /** Images shown for each layer. */
  private static final int IMAGES = 3;

  /** Layers of a model shown with images, for each precision. */
  private static final int LAYERS = 6;

  private final JobContext context;
  private final AuditPlan sweep;

  /** A layer that is shown, the configuration that quantizes it alone, and its worst images. */
  private record Exhibit(
      String model, QuietLayer layer, Configuration trial, List<DriftedImage> images) {}

  /**
   * Prepares.
   *
   * @param sweep the sweep whose layers are shown
   */
  LayerExhibits(JobContext context, AuditPlan sweep) {
    this.context = context;
    this.sweep = sweep;
  }

  /**
   * Adds maps to the results of a sweep. Where they cannot be made, results stay without them.
   *
   * @param models the results by model id
   * @param trials each model's trials
   * @param rows the sweep's rows
   * @param runs runs the pipeline
   */
  void addTo(
      Map<String, ModelResult> models,
      Map<String, List<SensitivityRun>> trials,
      RowQueries rows,
      SweepRuns runs) {
    try {
      List<Exhibit> exhibits = choose(models, trials, rows);
      if (exhibits.isEmpty()) {
        return;
      }
      Map<String, ExhibitLine> maps = compute(exhibits, runs);
      Map<QuietLayer, QuietLayer> shown = new LinkedHashMap<>();
      for (Exhibit exhibit : exhibits) {
        shown.put(exhibit.layer(), exhibit.layer().with(images(exhibit, maps)));
      }
      models.replaceAll(
          (id, m) ->
              new ModelResult(
                  m.id(),
                  m.title(),
                  m.lines(),
                  m.agreements(),
                  m.quiet().stream().map(q -> shown.getOrDefault(q, q)).toList(),
                  m.saved(),
                  m.mixed()));
    } catch (IOException | RuntimeException e) {
      // Missing pictures must not lose the results.
      context.out().println("layers are shown without images: " + e.getMessage());
    }
  }

  private static List<Exhibit> choose(
      Map<String, ModelResult> models, Map<String, List<SensitivityRun>> trials, RowQueries rows)
      throws IOException {
    List<Exhibit> chosen = new ArrayList<>();
    for (ModelResult model : models.values()) {
      Map<String, Integer> perPrecision = new LinkedHashMap<>();
      for (QuietLayer layer : model.quiet()) {
        if (perPrecision.merge(layer.line().precision(), 1, Integer::sum) <= LAYERS) {
          Configuration trial =
              trials.get(model.id()).stream()
                  .filter(layer::isOf)
                  .findFirst()
                  .orElseThrow()
                  .configuration();
          chosen.add(
              new Exhibit(
                  model.id(),
                  layer,
                  trial,
                  DriftedImage.worst(rows, model.id(), trial.name(), IMAGES)));
        }
      }
    }
    return chosen;
  }

  /** Explains the chosen images in the chosen configurations. {@return the maps by image key} */
  private Map<String, ExhibitLine> compute(List<Exhibit> exhibits, SweepRuns runs)
      throws IOException {
    Map<String, List<Configuration>> configurations = new LinkedHashMap<>();
    Set<String> keys = new TreeSet<>();
    for (Exhibit exhibit : exhibits) {
      configurations.computeIfAbsent(exhibit.model(), id -> new ArrayList<>()).add(exhibit.trial());
      exhibit.images().forEach(image -> keys.add(image.key()));
    }
    Path shards = Files.createTempDirectory("bitgaze-exhibits");
    try {
      Map<String, ExhibitLine> maps = new LinkedHashMap<>();
      runs.run(
              context.input().within(Set.copyOf(keys)::contains),
              sweep.together(configurations, sweep.measures()).showing(keys),
              shards)
          .exhibits()
          .forEach(line -> maps.put(line.key(), line));
      return maps;
    } finally {
      BeamFiles.deleteTree(shards);
    }
  }

  private List<DriftExample> images(Exhibit exhibit, Map<String, ExhibitLine> maps)
      throws IOException {
    Model model =
        sweep.models().stream()
            .filter(m -> m.id().equals(exhibit.model()))
            .findFirst()
            .orElseThrow();
    List<DriftExample> images = new ArrayList<>();
    for (DriftedImage image : exhibit.images()) {
      ExhibitLine line = maps.get(image.key());
      if (line == null) {
        context.out().println("not shown: " + image.key() + " was not explained again");
        continue;
      }
      RgbImage seen = model.preprocessing().apply(context.input().read(image.key()));
      images.add(
          new DriftExample(
              image.key(),
              image.cc(),
              ExhibitLine.jpeg(seen),
              map(line, exhibit.model(), Precision.F32.toString()),
              map(line, exhibit.model(), exhibit.trial().name())));
    }
    return images;
  }

  private static MapImage map(ExhibitLine line, String model, String label) {
    return line.cams().stream()
        .filter(cam -> cam.model().equals(model) && cam.precision().equals(label))
        .findFirst()
        .orElseThrow()
        .map();
  }
}
