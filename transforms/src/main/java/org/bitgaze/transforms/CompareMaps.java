package org.bitgaze.transforms;

import com.google.auto.value.AutoValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.InferableFunction;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.bitgaze.explain.Truth;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.transforms.coders.BitgazeCoders;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;

/**
 * Drops the pixels, joins an image's maps by its key with whatever else is known of the image, and
 * compares each class activation map with the saliency maps, the mask and the same model's map at
 * full precision. Per image, rows come in a fixed order.
 *
 * <pre>{@code
 * CompareMaps.Result result = explained.apply(CompareMaps.create().withMasks(masks));
 * result.rows().apply(SummarizeComparisons.create());
 * }</pre>
 */
@AutoValue
public abstract class CompareMaps
    extends PTransform<PCollection<KV<String, LiveImage>>, CompareMaps.Result> {
  private static final long serialVersionUID = 1L;

  /** Name of the step that an image passes when all its maps are there. */
  public static final String LAST_STEP_OF_IMAGES = "DropPixels";

  static final TupleTag<Comparison> ROWS = new TupleTag<>("rows") {};
  static final TupleTag<ComparedImage> IMAGES = new TupleTag<>("images") {};
  static final TupleTag<Reject> REJECTS = new TupleTag<>("rejects") {};

  /**
   * An image's rows and rejects, in one output: Flink sends all outputs of a step to whatever takes
   * one of them, the maps among them.
   */
  static final TupleTag<KV<List<Comparison>, List<Reject>>> FINDINGS =
      new TupleTag<>("findings") {};

  static final TupleTag<ImageMaps> MAPS = new TupleTag<>("maps") {};
  static final TupleTag<Integer> LABELS = new TupleTag<>("labels") {};
  static final TupleTag<Truth> TRUTHS = new TupleTag<>("truths") {};
  static final TupleTag<SeenMask> MASKS = new TupleTag<>("masks") {};
  static final TupleTag<SeenMap> SALIENCY = new TupleTag<>("saliency") {};

  abstract Set<Measure> measures();

  abstract Optional<PCollection<KV<String, Integer>>> labels();

  abstract Optional<PCollection<KV<String, Truth>>> truths();

  abstract Optional<PCollection<KV<String, SeenMask>>> masks();

  abstract Optional<PCollection<KV<String, SeenMap>>> saliency();

  abstract Builder toBuilder();

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder setMeasures(Set<Measure> measures);

    abstract Builder setLabels(PCollection<KV<String, Integer>> labels);

    abstract Builder setTruths(PCollection<KV<String, Truth>> truths);

    abstract Builder setMasks(PCollection<KV<String, SeenMask>> masks);

    abstract Builder setSaliency(PCollection<KV<String, SeenMap>> maps);

    abstract CompareMaps build();
  }

  /**
   * Compares by the usual measures, with nothing else than the maps.
   *
   * @return the transform
   */
  public static CompareMaps create() {
    return new AutoValue_CompareMaps.Builder()
        .setMeasures(MeasureCatalog.withAnswers(MeasureCatalog.defaults()))
        .build();
  }

  /**
   * Chooses the measures of maps; those of answers are always taken.
   *
   * @param chosen at least one
   * @return a new transform
   * @throws IllegalArgumentException if none is chosen
   */
  public CompareMaps withMeasures(Set<? extends Measure> chosen) {
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException("no measure was chosen");
    }
    return toBuilder().setMeasures(MeasureCatalog.withAnswers(chosen)).build();
  }

  /**
   * Compares the answers with labels.
   *
   * @param labels image key to class index; an image need not have one
   * @return a new transform
   */
  public CompareMaps withLabels(PCollection<KV<String, Integer>> labels) {
    return toBuilder().setLabels(labels).build();
  }

  /**
   * Compares the answers with what images show, of tasks that are not classification.
   *
   * @param truths by image key; an image need not have one
   * @return a new transform
   */
  public CompareMaps withTruths(PCollection<KV<String, Truth>> truths) {
    return toBuilder().setTruths(truths).build();
  }

  /**
   * Compares the maps with masks.
   *
   * @param masks image key to mask; of an image that has none, the comparison is degenerate
   * @return a new transform
   */
  public CompareMaps withMasks(PCollection<KV<String, SeenMask>> masks) {
    return toBuilder().setMasks(masks).build();
  }

  /**
   * Compares the maps with saliency maps that were made elsewhere, see {@link SeenMap#elsewhere}.
   *
   * @param maps image key to map; of an image that has none, the comparison is degenerate
   * @return a new transform
   */
  public CompareMaps withSaliency(PCollection<KV<String, SeenMap>> maps) {
    return toBuilder().setSaliency(maps).build();
  }

  /** Rows, images and rejects. */
  public static final class Result implements POutput {
    private final PCollectionTuple outputs;

    private Result(PCollectionTuple outputs) {
      this.outputs = outputs;
    }

    /**
     * Returns the comparisons.
     *
     * @return one row per image, model, precision and reference
     */
    public PCollection<Comparison> rows() {
      return outputs.get(ROWS);
    }

    /**
     * Returns the images.
     *
     * @return all maps of each image that could be read
     */
    public PCollection<ComparedImage> images() {
      return outputs.get(IMAGES);
    }

    /**
     * Returns what could not be done.
     *
     * @return one reject per image and failure
     */
    public PCollection<Reject> rejects() {
      return outputs.get(REJECTS);
    }

    @Override
    public Pipeline getPipeline() {
      return outputs.getPipeline();
    }

    @Override
    public Map<TupleTag<?>, PValue> expand() {
      return outputs.expand();
    }

    @Override
    public void finishSpecifyingOutput(
        String transformName, PInput input, PTransform<?, ?> transform) {
      outputs.finishSpecifyingOutput(transformName, input, transform);
    }
  }

  @Override
  public Map<TupleTag<?>, PValue> getAdditionalInputs() {
    Map<TupleTag<?>, PValue> others = new HashMap<>();
    labels().ifPresent(p -> others.put(LABELS, p));
    truths().ifPresent(p -> others.put(TRUTHS, p));
    masks().ifPresent(p -> others.put(MASKS, p));
    saliency().ifPresent(p -> others.put(SALIENCY, p));
    return others;
  }

  @Override
  public Result expand(PCollection<KV<String, LiveImage>> images) {
    Requirements.finiteWindows(images, "CompareMaps");
    labels().ifPresent(p -> Requirements.finiteWindows(p, "CompareMaps.withLabels"));
    truths().ifPresent(p -> Requirements.finiteWindows(p, "CompareMaps.withTruths"));
    masks().ifPresent(p -> Requirements.finiteWindows(p, "CompareMaps.withMasks"));
    saliency().ifPresent(p -> Requirements.finiteWindows(p, "CompareMaps.withSaliency"));
    PCollection<KV<String, ImageMaps>> maps =
        images.apply(LAST_STEP_OF_IMAGES, ParDo.of(new DropPixelsFn()));
    KeyedPCollectionTuple<String> keyed = KeyedPCollectionTuple.of(MAPS, maps);
    if (labels().isPresent()) {
      keyed = keyed.and(LABELS, labels().get());
    }
    if (truths().isPresent()) {
      keyed = keyed.and(TRUTHS, truths().get());
    }
    if (masks().isPresent()) {
      keyed = keyed.and(MASKS, masks().get());
    }
    if (saliency().isPresent()) {
      keyed = keyed.and(SALIENCY, saliency().get());
    }
    boolean alone = getAdditionalInputs().isEmpty();
    CompareFn compare = new CompareFn(measures(), masks().isPresent(), saliency().isPresent());
    TupleTagList others = TupleTagList.of(IMAGES);
    PCollectionTuple compared =
        alone
            // There is nothing to join: the maps need not leave the worker.
            ? maps.apply("Compare", ParDo.of(new AloneFn(compare)).withOutputTags(FINDINGS, others))
            : keyed
                .apply("JoinByImage", CoGroupByKey.create())
                .apply("Compare", ParDo.of(new JoinedFn(compare)).withOutputTags(FINDINGS, others));
    PCollection<KV<List<Comparison>, List<Reject>>> findings =
        compared.get(FINDINGS).setCoder(findings(images.getPipeline()));
    return new Result(
        PCollectionTuple.of(IMAGES, compared.get(IMAGES))
            .and(ROWS, findings.apply("Rows", FlatMapElements.via(new RowsFn())))
            .and(REJECTS, findings.apply("Rejects", FlatMapElements.via(new RejectsFn()))));
  }

  /** Rows have a schema, which Beam does not find within a list. */
  private static KvCoder<List<Comparison>, List<Reject>> findings(Pipeline pipeline) {
    try {
      return KvCoder.of(
          ListCoder.of(pipeline.getSchemaRegistry().getSchemaCoder(Comparison.class)),
          ListCoder.of(BitgazeCoders.REJECT));
    } catch (NoSuchSchemaException e) {
      throw new IllegalStateException("rows have a schema", e);
    }
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("measures", measures().toString()))
        .add(
            DisplayData.item(
                "joined",
                getAdditionalInputs().keySet().stream()
                    .map(TupleTag::getId)
                    .sorted()
                    .collect(Collectors.joining(", "))));
  }

  private static final class RowsFn
      extends InferableFunction<KV<List<Comparison>, List<Reject>>, List<Comparison>> {
    private static final long serialVersionUID = 1L;

    @Override
    public List<Comparison> apply(KV<List<Comparison>, List<Reject>> image) {
      return image.getKey();
    }
  }

  private static final class RejectsFn
      extends InferableFunction<KV<List<Comparison>, List<Reject>>, List<Reject>> {
    private static final long serialVersionUID = 1L;

    @Override
    public List<Reject> apply(KV<List<Comparison>, List<Reject>> image) {
      return image.getValue();
    }
  }

  private static final class DropPixelsFn
      extends DoFn<KV<String, LiveImage>, KV<String, ImageMaps>> {
    private static final long serialVersionUID = 1L;
    private final Counter explained = Metrics.counter(MetricNames.NAMESPACE, MetricNames.EXPLAINED);

    @ProcessElement
    public void process(
        @Element KV<String, LiveImage> image, OutputReceiver<KV<String, ImageMaps>> out) {
      explained.inc();
      out.output(KV.of(image.getKey(), image.getValue().maps()));
    }
  }

  private static final class AloneFn
      extends DoFn<KV<String, ImageMaps>, KV<List<Comparison>, List<Reject>>> {
    private static final long serialVersionUID = 1L;
    private final CompareFn compare;

    AloneFn(CompareFn compare) {
      this.compare = compare;
    }

    @ProcessElement
    public void process(@Element KV<String, ImageMaps> image, MultiOutputReceiver out) {
      compare.compare(image.getKey(), image.getValue(), CompareFn.Known.NOTHING, out);
    }
  }

  private static final class JoinedFn
      extends DoFn<KV<String, CoGbkResult>, KV<List<Comparison>, List<Reject>>> {
    private static final long serialVersionUID = 1L;
    private final CompareFn compare;

    JoinedFn(CompareFn compare) {
      this.compare = compare;
    }

    @ProcessElement
    public void process(@Element KV<String, CoGbkResult> image, MultiOutputReceiver out) {
      CompareFn.Known known = CompareFn.Known.of(image.getValue());
      for (ImageMaps maps : image.getValue().getAll(MAPS)) {
        compare.compare(image.getKey(), maps, known, out);
      }
    }
  }
}
