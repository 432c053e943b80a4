package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.bitgaze.image.RgbImage;
import org.bitgaze.quant.Range;

/**
 * The whole graph: from files to rows, summary and rejects.
 *
 * <pre>
 *   files -&gt; decode -+-&gt; saliency --------------------+
 *        |           |                                 +-&gt; join by image -&gt; compare -+-&gt; rows
 *        |           +-&gt; CAM f32 -+-&gt; CAM int16 ------+                             |
 *        |                         +-&gt; CAM int8 -------+                             +-&gt; summary
 *        +-&gt; sample -&gt; ranges ------^ (side input)
 * </pre>
 */
public final class Audit
    extends PTransform<PCollection<KV<String, FileIO.ReadableFile>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** One row per image, network, precision and reference. */
  public static final TupleTag<Comparison> ROWS = new TupleTag<>("rows") {};

  /** Statistics of the rows. */
  public static final TupleTag<KV<SummaryKey, Statistics>> SUMMARY = new TupleTag<>("summary") {};

  /** Images that were not used, or not for everything. */
  public static final TupleTag<Reject> REJECTS = new TupleTag<>("rejects") {};

  private final Options options;

  /**
   * What to compute.
   *
   * @param networks the networks and how each is explained
   * @param saliency which saliency maps
   * @param labels CSV file of labels, or null
   * @param calibrationImages how many images the activations' ranges are taken from
   */
  public record Options(
      List<ExplainOptions> networks,
      SaliencySource saliency,
      @Nullable String labels,
      int calibrationImages)
      implements Serializable {}

  private Audit(Options options) {
    this.options = options;
  }

  /**
   * Returns the transform.
   *
   * @param options what to compute
   * @return a transform with the outputs {@link #ROWS}, {@link #SUMMARY} and {@link #REJECTS}
   */
  public static Audit of(Options options) {
    return new Audit(options);
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, FileIO.ReadableFile>> files) {
    PCollectionView<Map<String, Integer>> labels =
        options.labels() == null
            ? null
            : files.getPipeline().apply("Labels", ReadLabels.from(options.labels()));

    PCollectionTuple decoded = files.apply("Decode", DecodeImages.create());
    PCollection<KV<String, RgbImage>> images = decoded.get(DecodeImages.IMAGES);
    PCollectionTuple saliency = images.apply("Saliency", ComputeSaliency.from(options.saliency()));
    PCollectionTuple targets =
        images.apply(
            "Targets", explainsLabels() ? AssignTargets.labels(labels) : AssignTargets.own());
    PCollection<KV<String, CamMap>> cams =
        cams(targets.get(AssignTargets.TARGETED), calibrationImages(files));

    PCollection<Comparison> rows =
        PCollectionTuple.of(CompareMaps.SALIENCY, saliency.get(ComputeSaliency.MAPS))
            .and(CompareMaps.CAMS, cams)
            .apply(
                "Compare", labels == null ? CompareMaps.create() : CompareMaps.withLabels(labels));
    PCollection<Reject> rejects =
        PCollectionList.of(decoded.get(DecodeImages.REJECTS))
            .and(saliency.get(ComputeSaliency.REJECTS))
            .and(targets.get(AssignTargets.REJECTS))
            .apply("Rejects", Flatten.pCollections());
    return PCollectionTuple.of(ROWS, rows)
        .and(SUMMARY, rows.apply("Summary", SummarizeComparisons.create()))
        .and(REJECTS, rejects);
  }

  private PCollection<KV<String, CamMap>> cams(
      PCollection<KV<String, TargetedImage>> images,
      @Nullable PCollection<KV<String, RgbImage>> calibrationImages) {
    PCollectionList<KV<String, CamMap>> all = PCollectionList.empty(images.getPipeline());
    for (ExplainOptions network : options.networks()) {
      String name = network.model().architecture();
      ExplainImages explain = ExplainImages.with(network);
      if (needsRanges(network)) {
        PCollectionView<Map<String, Range>> ranges =
            calibrationImages.apply(
                "Calibrate " + name, CalibrateRanges.of(network.model(), network.ranges()));
        explain = ExplainImages.with(network, ranges);
      }
      all = all.and(images.apply("CAM " + name, explain));
    }
    return all.apply("CAMs", Flatten.pCollections());
  }

  /**
   * The sample is read a second time: a few images cost less than holding all until it is known.
   */
  @Nullable
  private PCollection<KV<String, RgbImage>> calibrationImages(
      PCollection<KV<String, FileIO.ReadableFile>> files) {
    if (options.networks().stream().noneMatch(Audit::needsRanges)) {
      return null;
    }
    return files
        .apply("Sample", SampleByKey.of(options.calibrationImages()))
        .apply("DecodeSample", DecodeImages.again())
        .get(DecodeImages.IMAGES);
  }

  private boolean explainsLabels() {
    return options.networks().stream().anyMatch(n -> n.target() == TargetMode.LABEL);
  }

  private static boolean needsRanges(ExplainOptions network) {
    return network.ranges() != RangeMode.DYNAMIC && !network.precisions().isEmpty();
  }
}
