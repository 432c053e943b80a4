package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.bitgaze.image.Heatmap;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.MapImage;
import org.bitgaze.pipelines.output.Summary;

/** The paper's Figure 2: photographs with maps laid over them. */
final class Gallery {
  /** More would make the page slow to open. */
  static final int MAX_GRIDS = 24;

  /** Overlays are drawn this large; the browser smooths them. */
  private static final int SIDE = 56;

  private final ColorMap colours = new ColorMap();
  private final Summary summary;
  private final List<String> classNames;

  /**
   * Prepares a gallery.
   *
   * @param summary for the order of models and precisions
   * @param classNames by index, or empty if they are not known
   */
  Gallery(Summary summary, List<String> classNames) {
    this.summary = summary;
    this.classNames = classNames;
  }

  /**
   * One image.
   *
   * @param key its key
   * @param reasons why it was chosen
   * @param photograph data URI
   * @param overlays the saliency maps and the mask, as far as there are any
   * @param models one row each
   */
  public record Grid(
      String key,
      List<String> reasons,
      String photograph,
      List<Overlay> overlays,
      List<ModelRow> models) {}

  /**
   * One model's maps.
   *
   * @param title the model's name
   * @param cells one per precision; null where there is no map
   */
  public record ModelRow(String title, List<Overlay> cells) {}

  /**
   * One map over the photograph.
   *
   * @param image data URI of the map's colours
   * @param alternative what it shows, in words
   * @param answer class and probability; empty for saliency and masks
   * @param drift correlation with the f32 map, in words
   * @param flipped whether the answer differs from f32's
   */
  public record Overlay(
      String image, String alternative, String answer, String drift, boolean flipped) {}

  /** Those that were asked for first, then the largest drifts, then the sample. */
  List<Grid> grids(List<ExhibitLine> exhibits) throws IOException {
    List<ExhibitLine> ordered = new ArrayList<>(exhibits);
    ordered.sort(Comparator.comparingInt(Gallery::rank).thenComparing(ExhibitLine::key));
    List<Grid> grids = new ArrayList<>();
    for (ExhibitLine exhibit : ordered.subList(0, Math.min(MAX_GRIDS, ordered.size()))) {
      grids.add(grid(exhibit));
    }
    return grids;
  }

  String legend() {
    return colours.gradient();
  }

  private static int rank(ExhibitLine exhibit) {
    if (exhibit.reasons().contains("asked for")) {
      return 0;
    }
    return exhibit.reasons().equals(List.of("sample")) ? 2 : 1;
  }

  private Grid grid(ExhibitLine exhibit) throws IOException {
    List<Overlay> overlays = new ArrayList<>();
    for (Map.Entry<String, MapImage> saliency : exhibit.saliency().entrySet()) {
      String method = saliency.getKey();
      overlays.add(
          new Overlay(png(saliency.getValue()), "saliency map, " + method, method, "", false));
    }
    if (exhibit.mask() != null) {
      overlays.add(new Overlay(png(exhibit.mask()), "mask of the object", "mask", "", false));
    }
    Map<List<String>, ExhibitLine.Cam> cams =
        exhibit.cams().stream()
            .collect(Collectors.toMap(c -> List.of(c.model(), c.precision()), c -> c));
    List<ModelRow> rows = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      List<Overlay> cells = new ArrayList<>();
      for (String precision : summary.precisions()) {
        ExhibitLine.Cam cam = cams.get(List.of(model, precision));
        cells.add(cam == null ? null : overlay(cam));
      }
      rows.add(new ModelRow(summary.models().get(model), cells));
    }
    String photograph =
        "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(exhibit.picture());
    return new Grid(exhibit.key(), exhibit.reasons(), photograph, overlays, rows);
  }

  private Overlay overlay(ExhibitLine.Cam cam) throws IOException {
    String answer =
        String.format(Locale.ROOT, "%s %.2f", name(cam.predictedClass()), cam.probability());
    String drift = "";
    if (!cam.precision().equals("f32")) {
      drift = cam.cc() == null ? "no CC" : String.format(Locale.ROOT, "CC %.3f", cam.cc());
    }
    String explained =
        cam.explainedClass() == cam.predictedClass()
            ? ""
            : ", explaining " + name(cam.explainedClass());
    String alternative =
        String.format(
            "class activation map of %s at %s%s: %s%s",
            summary.models().get(cam.model()),
            cam.precision(),
            explained,
            answer,
            drift.isEmpty() ? "" : ", " + drift + " with f32");
    return new Overlay(png(cam.map()), alternative, answer, drift, cam.flipped());
  }

  private String name(int index) {
    return index < classNames.size() ? classNames.get(index) : "class " + index;
  }

  private String png(MapImage map) throws IOException {
    Heatmap heatmap = map.heatmap();
    return colours.png(heatmap.resize(SIDE, SIDE));
  }
}
