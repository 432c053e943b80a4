package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.annotation.Nullable;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.MapImage;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ExhibitReason;
import org.bitgaze.transforms.values.ExhibitReason.Kind;

/** The paper's Figure 2: photographs with maps laid over them. */
public final class Gallery {
  /** More would make the page slow to open. */
  static final int MAX_GRIDS = 24;

  /** The number of images beside a verdict. */
  private static final int WORST = 3;

  private static final String F32 = "f32";

  private final ColorMap colours = ColorMap.viridis();
  private final ColorMap differences = ColorMap.diverging();
  private final Pictures pictures = new Pictures();
  private final Map<String, String> photographs = new HashMap<>();
  private final Summary summary;
  private final List<String> classNames;
  private final List<ExhibitLine> exhibits;

  /**
   * Prepares a gallery.
   *
   * @param summary for the order of models and precisions
   * @param classNames by index, or empty if they are not known
   * @param exhibits the images to show
   */
  Gallery(Summary summary, List<String> classNames, List<ExhibitLine> exhibits) {
    this.summary = summary;
    this.classNames = classNames;
    this.exhibits = exhibits;
  }

  /**
   * One image.
   *
   * @param key its key
   * @param reasons why it was chosen
   * @param photograph name of the picture that the first network saw
   * @param overlays the saliency maps and the mask, if there are any
   * @param models one row each
   * @param ratio the picture's width and height, such as {@code 320/240}; empty for a square
   */
  public record Grid(
      String key,
      List<String> reasons,
      String photograph,
      List<Overlay> overlays,
      List<ModelRow> models,
      String ratio) {}

  /**
   * One model's maps.
   *
   * @param title the model's name
   * @param cells one per precision; null if there is no map
   */
  public record ModelRow(String title, List<Overlay> cells) {}

  /**
   * One map over what its network saw.
   *
   * @param photograph name of the picture
   * @param image name of the picture of the map's colours
   * @param alternative what it shows, in words
   * @param answer class and probability; empty for saliency and masks
   * @param drift correlation with the f32 map, in words, or why there is none
   * @param flipped whether the answer differs from f32's
   * @param marks name of the picture of the answer's boxes or class map; empty if there are none
   * @param ratio the picture's width and height, such as {@code 320/240}; empty for a square
   */
  public record Overlay(
      String photograph,
      String image,
      String alternative,
      String answer,
      String drift,
      boolean flipped,
      String marks,
      String ratio) {}

  /**
   * One model's maps of an image at f32 and at one precision.
   *
   * @param place why it is shown: {@code worst}, {@code median}, {@code best}
   * @param key the image's key
   * @param f32 the map at f32
   * @param quantized the map at the precision
   * @param difference name of the picture of the second map minus the first
   */
  public record Pair(String place, String key, Overlay f32, Overlay quantized, String difference) {}

  /** Names of the pictures that were used. */
  Pictures pictures() {
    return pictures;
  }

  String legend() {
    return colours.gradient();
  }

  String differenceLegend() {
    return differences.gradient();
  }

  /** The largest drifts of a model at a precision, the largest first. */
  List<Pair> worst(String model, String precision) throws IOException {
    List<Pair> worst = new ArrayList<>();
    for (ExhibitLine exhibit : worst(exhibits, model, precision)) {
      worst.add(pair("worst", exhibit, model, precision));
    }
    return worst;
  }

  /** The images that were chosen because they drift most, the largest drift first. */
  static List<ExhibitLine> worst(List<ExhibitLine> exhibits, String model, String precision) {
    return byDrift(exhibits, model, precision).stream()
        .filter(e -> isFor(e, Kind.LARGEST_DRIFT, model, precision))
        .limit(WORST)
        .toList();
  }

  private static boolean isFor(ExhibitLine exhibit, Kind drift, String model, String precision) {
    return exhibit.reasons().stream().anyMatch(r -> r.is(drift, model, precision));
  }

  /**
   * The largest drift, the one nearest to the median within the middle half of all images, and the
   * smallest; each image once.
   *
   * @param quantiles of the correlations with f32, equally spaced; empty without values
   */
  List<Pair> spread(String model, String precision, double[] quantiles) throws IOException {
    Map<ExhibitLine, String> places = new LinkedHashMap<>();
    List<ExhibitLine> ordered = byDrift(exhibits, model, precision);
    ordered.stream()
        .filter(e -> isFor(e, Kind.LARGEST_DRIFT, model, precision))
        .findFirst()
        .ifPresent(e -> places.put(e, "largest drift"));
    if (quantiles.length > 0) {
      int last = quantiles.length - 1;
      double median = quantiles[last / 2];
      ordered.stream()
          .filter(e -> cc(e, model, precision) >= quantiles[last / 4])
          .filter(e -> cc(e, model, precision) <= quantiles[3 * last / 4])
          .min(Comparator.comparingDouble(e -> Math.abs(cc(e, model, precision) - median)))
          .ifPresent(
              e ->
                  places.putIfAbsent(
                      e, String.format(Locale.ROOT, "near the median, CC %.3f", median)));
    }
    ordered.stream()
        .filter(e -> isFor(e, Kind.SMALLEST_DRIFT, model, precision))
        .findFirst()
        .ifPresent(e -> places.putIfAbsent(e, "smallest drift"));
    List<Pair> pairs = new ArrayList<>();
    for (Map.Entry<ExhibitLine, String> place : places.entrySet()) {
      pairs.add(pair(place.getValue(), place.getKey(), model, precision));
    }
    return pairs;
  }

  /** The number of images. */
  int size() {
    return exhibits.size();
  }

  /** All maps of each image: requested images first, then the sample, then drifts. */
  List<Grid> grids() throws IOException {
    List<ExhibitLine> ordered = new ArrayList<>(exhibits);
    ordered.sort(Comparator.comparingInt(Gallery::rank).thenComparing(ExhibitLine::key));
    List<Grid> grids = new ArrayList<>();
    for (ExhibitLine exhibit : ordered.subList(0, Math.min(MAX_GRIDS, ordered.size()))) {
      grids.add(grid(exhibit));
    }
    return grids;
  }

  private static int rank(ExhibitLine exhibit) {
    if (exhibit.reasons().contains(ExhibitReason.of(Kind.REQUESTED))) {
      return 0;
    }
    return exhibit.reasons().contains(ExhibitReason.of(Kind.SAMPLE)) ? 1 : 2;
  }

  /** The images that have both maps, the largest drift first. */
  private static List<ExhibitLine> byDrift(
      List<ExhibitLine> exhibits, String model, String precision) {
    return exhibits.stream()
        .filter(e -> cam(e, model, precision).isPresent())
        .filter(e -> cam(e, model, F32).filter(c -> c.cc() != null).isPresent())
        .sorted(
            Comparator.comparingDouble((ExhibitLine e) -> cc(e, model, precision))
                .thenComparing(ExhibitLine::key))
        .toList();
  }

  /** The correlation with f32; a constant if the map vanished. */
  static double cc(ExhibitLine exhibit, String model, String precision) {
    return cam(exhibit, model, precision).map(ExhibitLine.Cam::cc).orElse(ComparedImage.VANISHED);
  }

  /** The correlation with f32 in words, or why there is none; empty for a map at f32. */
  static String drift(ExhibitLine exhibit, String model, String precision) {
    ExhibitLine.Cam cam = cam(exhibit, model, precision).orElseThrow();
    if (explainsNothing(cam)) {
      return "nothing to explain";
    }
    if (precision.equals(F32)) {
      return "";
    }
    if (cam.cc() != null) {
      return String.format(Locale.ROOT, "CC %.3f", cam.cc());
    }
    return cam(exhibit, model, F32).filter(Gallery::explainsNothing).isPresent()
        ? "nothing to explain at f32"
        : "vanished";
  }

  /** Whether an answer, such as no detections, has no map: its image is a single pixel. */
  private static boolean explainsNothing(ExhibitLine.Cam cam) {
    return cam.answer() != null && cam.map().values().length == 1;
  }

  private static Optional<ExhibitLine.Cam> cam(
      ExhibitLine exhibit, String model, String precision) {
    return exhibit.cams().stream()
        .filter(c -> c.model().equals(model) && c.precision().equals(precision))
        .findFirst();
  }

  private Pair pair(String place, ExhibitLine exhibit, String model, String precision)
      throws IOException {
    ExhibitLine.Cam f32 = cam(exhibit, model, F32).orElseThrow();
    ExhibitLine.Cam quantized = cam(exhibit, model, precision).orElseThrow();
    return new Pair(
        place,
        exhibit.key(),
        overlay(exhibit, f32),
        overlay(exhibit, quantized),
        pictures.add(differences.png(difference(f32.map(), quantized.map()))));
  }

  /** The second map minus the first; 0.5 where they are equal. */
  private static Heatmap difference(MapImage first, MapImage second) {
    float[] less = first.heatmap().resize(MapImage.SIDE, MapImage.SIDE).values();
    float[] more = second.heatmap().resize(MapImage.SIDE, MapImage.SIDE).values();
    float[] values = new float[less.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.min(1, Math.max(0, (more[i] - less[i] + 1) / 2));
    }
    return new Heatmap(MapImage.SIDE, MapImage.SIDE, values);
  }

  private String photograph(ExhibitLine exhibit, ExhibitLine.View view) {
    return photographs.computeIfAbsent(
        exhibit.key() + "\n" + view.framing(),
        key ->
            pictures.add(
                "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(view.picture())));
  }

  private Grid grid(ExhibitLine exhibit) throws IOException {
    List<Overlay> overlays = new ArrayList<>();
    ExhibitLine.View first = exhibit.views().get(0);
    String seen = photograph(exhibit, first);
    String ratio = ratio(first);
    for (Map.Entry<String, MapImage> saliency : first.saliency().entrySet()) {
      String method = saliency.getKey();
      overlays.add(
          new Overlay(
              seen,
              png(saliency.getValue()),
              "saliency map, " + method,
              method,
              "",
              false,
              "",
              ratio));
    }
    if (first.mask() != null) {
      overlays.add(
          new Overlay(seen, png(first.mask()), "mask of the object", "mask", "", false, "", ratio));
    }
    List<ModelRow> rows = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      List<Overlay> cells = new ArrayList<>();
      for (String precision : summary.precisions()) {
        cells.add(overlay(exhibit, cam(exhibit, model, precision)));
      }
      rows.add(new ModelRow(summary.models().get(model), cells));
    }
    List<String> reasons =
        exhibit.reasons().stream().map(r -> r.describe(summary.models()::get)).toList();
    return new Grid(exhibit.key(), reasons, seen, overlays, rows, ratio);
  }

  @Nullable
  private Overlay overlay(ExhibitLine exhibit, Optional<ExhibitLine.Cam> cam) throws IOException {
    return cam.isEmpty() ? null : overlay(exhibit, cam.get());
  }

  private Overlay overlay(ExhibitLine exhibit, ExhibitLine.Cam cam) throws IOException {
    String answer =
        cam.answer() == null
            ? String.format(Locale.ROOT, "%s %.2f", name(cam.predictedClass()), cam.probability())
            : AnswerPicture.words(cam.answer(), this::name);
    String drift = drift(exhibit, cam.model(), cam.precision());
    String explained =
        cam.answer() != null || cam.explainedClass() == cam.predictedClass()
            ? ""
            : ", explaining " + name(cam.explainedClass());
    String alternative =
        String.format(
            "class activation map of %s at %s%s: %s%s",
            summary.models().get(cam.model()),
            cam.precision(),
            explained,
            answer,
            drift.isEmpty() ? "" : ", " + drift + (cam.cc() == null ? "" : " with f32"));
    ExhibitLine.View view = exhibit.view(cam);
    return new Overlay(
        photograph(exhibit, view),
        png(cam.map()),
        alternative,
        answer,
        drift,
        cam.flipped(),
        cam.answer() == null ? "" : AnswerPicture.of(cam.answer()).map(pictures::add).orElse(""),
        ratio(view));
  }

  private static String ratio(ExhibitLine.View view) {
    Framing framing = Preprocessing.parse(view.framing()).framing();
    return framing.height() == framing.width() ? "" : framing.width() + "/" + framing.height();
  }

  private String name(int index) {
    return index < classNames.size() ? classNames.get(index) : "class " + index;
  }

  private String png(MapImage map) throws IOException {
    return pictures.add(colours.png(map.heatmap().resize(MapImage.SIDE, MapImage.SIDE)));
  }
}
