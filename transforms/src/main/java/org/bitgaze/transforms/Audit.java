package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.Keys;
import org.apache.beam.sdk.transforms.MapValues;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.bitgaze.image.Mask;
import org.bitgaze.image.RgbImage;
import org.bitgaze.quant.Range;
import org.bitgaze.scene.Scene;

/**
 * The whole graph: from images to rows, summary and rejects.
 *
 * <pre>
 *   images -&gt; decode -+-&gt; saliency, masks -------------+             +-&gt; rows -&gt; summary
 *        |            |                                +-&gt; join and -+
 *        |            +-&gt; CAM f32 -+-&gt; CAM int16 ------+    compare  +-&gt; choose exhibits
 *        |                         +-&gt; CAM int8 -------+                    |
 *        +-&gt; sample -&gt; ranges ------^ (side input)                          v (side input)
 *        +----------------------------------------------------------&gt; read their pictures
 * </pre>
 *
 * @param <T> what an image is read from
 */
public final class Audit<T> extends PTransform<PCollection<KV<String, T>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** One row per image, network, precision and reference. */
  public static final TupleTag<Comparison> ROWS = new TupleTag<>("rows") {};

  /** Statistics of the rows. */
  public static final TupleTag<KV<SummaryKey, Statistics>> SUMMARY = new TupleTag<>("summary") {};

  /** Images that were not used, or not for everything. */
  public static final TupleTag<Reject> REJECTS = new TupleTag<>("rejects") {};

  /** Network to the range of each of its activations; only of networks with static ranges. */
  public static final TupleTag<KV<String, Map<String, Range>>> RANGES = new TupleTag<>("ranges") {};

  /** Keys of the images from which the ranges were taken. */
  public static final TupleTag<String> CALIBRATION = new TupleTag<>("calibration") {};

  /** The images to show, with their pictures. */
  public static final TupleTag<KV<Exhibit, RgbImage>> EXHIBITS = new TupleTag<>("exhibits") {};

  private final Options options;
  private final DecodeImages<T> decode;

  /**
   * What to compute.
   *
   * @param networks the networks and how each is explained
   * @param saliency which saliency maps
   * @param masks which masks of the objects, or null
   * @param labels image key to class index, or null
   * @param calibrationImages how many images the activations' ranges are taken from
   * @param exhibits which images to show
   */
  public record Options(
      List<ExplainOptions> networks,
      SaliencySource saliency,
      @Nullable SaliencySource masks,
      @Nullable PTransform<PBegin, PCollectionView<Map<String, Integer>>> labels,
      int calibrationImages,
      ChooseExhibits.Choice exhibits)
      implements Serializable {}

  private final int groups;

  private Audit(Options options, DecodeImages<T> decode, int groups) {
    this.options = options;
    this.decode = decode;
    this.groups = groups;
  }

  /**
   * Returns the transform for image files.
   *
   * @param options what to compute
   * @return a transform with the outputs that this class names
   */
  public static Audit<FileIO.ReadableFile> files(Options options) {
    return new Audit<>(options, DecodeImages.files(), ImageGroups.NUMBER);
  }

  /**
   * Returns the transform for synthetic scenes.
   *
   * @param options what to compute
   * @return a transform with the outputs that this class names
   */
  public static Audit<Scene> scenes(Options options) {
    return new Audit<>(options, DecodeImages.scenes(), ImageGroups.NUMBER);
  }

  /**
   * Chooses how many images are joined at once, see {@link CompareMaps#inGroups}.
   *
   * @param number how many groups of images are made
   * @return the same transform with another number
   */
  public Audit<T> inGroups(int number) {
    return new Audit<>(options, decode, number);
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, T>> sources) {
    PCollectionView<Map<String, Integer>> labels =
        options.labels() == null ? null : sources.getPipeline().apply("Labels", options.labels());

    PCollectionTuple decoded = sources.apply("Decode", decode);
    PCollection<KV<String, RgbImage>> images = decoded.get(DecodeImages.IMAGES);
    PCollectionTuple saliency = images.apply("Saliency", ComputeSaliency.from(options.saliency()));
    PCollectionTuple targets =
        images.apply(
            "Targets", explainsLabels() ? AssignTargets.labels(labels) : AssignTargets.own());
    PCollection<KV<String, RgbImage>> sample = calibrationImages(sources);
    Calibrated calibrated = calibrate(sources.getPipeline(), sample);
    PCollection<KV<String, CamMap>> cams =
        cams(targets.get(AssignTargets.TARGETED), calibrated.views());

    PCollectionTuple maps =
        PCollectionTuple.of(CompareMaps.SALIENCY, saliency.get(ComputeSaliency.MAPS))
            .and(CompareMaps.CAMS, cams);
    PCollectionList<Reject> rejects =
        PCollectionList.of(decoded.get(DecodeImages.REJECTS))
            .and(saliency.get(ComputeSaliency.REJECTS))
            .and(targets.get(AssignTargets.REJECTS));
    if (options.masks() != null) {
      PCollectionTuple masks = images.apply("Masks", ComputeSaliency.from(options.masks()));
      maps =
          maps.and(
              CompareMaps.MASKS,
              masks
                  .get(ComputeSaliency.MAPS)
                  .apply("Bits", MapValues.into(TypeDescriptor.of(Mask.class)).via(Mask::of))
                  .setCoder(KvCoder.of(StringUtf8Coder.of(), MaskCoder.of())));
      rejects = rejects.and(masks.get(ComputeSaliency.REJECTS));
    }
    CompareMaps compare = labels == null ? CompareMaps.create() : CompareMaps.withLabels(labels);
    PCollectionTuple compared = maps.apply("Compare", compare.inGroups(groups));
    PCollection<Comparison> rows = compared.get(CompareMaps.ROWS);
    PCollection<KV<String, Exhibit>> exhibits =
        compared
            .get(CompareMaps.IMAGES)
            .apply("Choose", ChooseExhibits.of(names(), options.exhibits()));
    return PCollectionTuple.of(ROWS, rows)
        .and(SUMMARY, rows.apply("Summary", SummarizeComparisons.create()))
        .and(REJECTS, rejects.apply("Rejects", Flatten.pCollections()))
        .and(RANGES, calibrated.ranges())
        .and(CALIBRATION, sample.apply("CalibrationKeys", Keys.create()))
        .and(
            EXHIBITS,
            sources.apply("Exhibits", PictureExhibits.of(exhibits, decode).inGroups(groups)));
  }

  private PCollection<KV<String, CamMap>> cams(
      PCollection<KV<String, TargetedImage>> images,
      Map<String, PCollectionView<Map<String, Range>>> ranges) {
    PCollectionList<KV<String, CamMap>> all = PCollectionList.empty(images.getPipeline());
    for (ExplainOptions network : options.networks()) {
      String name = network.model().architecture();
      ExplainImages explain =
          ranges.containsKey(name)
              ? ExplainImages.with(network, ranges.get(name))
              : ExplainImages.with(network);
      all = all.and(images.apply("CAM " + name, explain));
    }
    return all.apply("CAMs", Flatten.pCollections());
  }

  /** The ranges of all networks that need some, and each network's as a side input. */
  private record Calibrated(
      PCollection<KV<String, Map<String, Range>>> ranges,
      Map<String, PCollectionView<Map<String, Range>>> views) {}

  private Calibrated calibrate(Pipeline pipeline, PCollection<KV<String, RgbImage>> sample) {
    Coder<KV<String, Map<String, Range>>> coder =
        KvCoder.of(StringUtf8Coder.of(), RangesCoder.of());
    PCollectionList<KV<String, Map<String, Range>>> all =
        PCollectionList.of(pipeline.apply("NoRanges", Create.empty(coder)));
    Map<String, PCollectionView<Map<String, Range>>> views = new HashMap<>();
    for (ExplainOptions network : options.networks()) {
      String name = network.model().architecture();
      if (needsRanges(network)) {
        PCollection<Map<String, Range>> ranges =
            sample.apply(
                "Calibrate " + name, CalibrateRanges.of(network.model(), network.ranges()));
        views.put(name, ranges.apply("Ranges " + name, View.asSingleton()));
        all = all.and(ranges.apply("Of " + name, WithKeys.of(name)).setCoder(coder));
      }
    }
    return new Calibrated(all.apply("Ranges", Flatten.pCollections()), views);
  }

  /**
   * The sample is read a second time: a few images cost less than holding all until it is known.
   */
  private PCollection<KV<String, RgbImage>> calibrationImages(PCollection<KV<String, T>> sources) {
    if (options.networks().stream().noneMatch(Audit::needsRanges)) {
      return sources
          .getPipeline()
          .apply("NoSample", Create.empty(KvCoder.of(StringUtf8Coder.of(), RgbImageCoder.of())));
    }
    return sources
        .apply("Sample", SampleByKey.of(options.calibrationImages()))
        .apply("DecodeSample", decode.again())
        .get(DecodeImages.IMAGES);
  }

  private List<String> names() {
    return options.networks().stream().map(n -> n.model().architecture()).toList();
  }

  private boolean explainsLabels() {
    return options.networks().stream().anyMatch(n -> n.target() == TargetMode.LABEL);
  }

  private static boolean needsRanges(ExplainOptions network) {
    return network.ranges() != RangeMode.DYNAMIC && !network.precisions().isEmpty();
  }
}
