package org.bitgaze.transforms;

import com.google.auto.value.AutoValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Calibration;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.coders.BitgazeCoders;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;

/**
 * The whole graph: from images to rows, summary, exhibits and rejects.
 *
 * <pre>
 *   keys -&gt; decode -&gt; saliency -&gt; CAM f32 -&gt; CAM int8 -&gt; (next model) -&gt; drop pixels
 *     ^                                                                       |
 *   labels, by key                                                            v
 *   masks, maps made elsewhere, by key -------------------------------&gt; join by image key
 *                                                                             |
 *                                                       measures -&gt; rows -&gt; combine -&gt; summary
 *                                                                |-&gt; images -&gt; exhibits
 *                                                                +-&gt; rejects
 * </pre>
 *
 * <p>An image passes through one chain of steps, each with one output, and collects its maps. The
 * precisions are a chain and not branches, because a branch after decoding would make Flink
 * materialize all decoded images: a chain is fused, keeps one image alive per worker, and pixels
 * never leave the worker.
 *
 * <p>On unbounded input, images are joined and summarized per window; only exhibits need the global
 * window. If panes accumulate, a label or mask that arrives late repeats its image in the next
 * pane: use discarding panes with joins.
 *
 * <pre>{@code
 * Audit.Result result =
 *     pipeline
 *         .apply(MatchImages.in("gs://bucket/photos"))
 *         .apply(
 *             Audit.files()
 *                 .withModels(Model.zoo("mobilenet_v2").withWeights(file))
 *                 .withPrecisions("int8", "int4-per-channel")
 *                 .withCalibration(calibration));
 * }</pre>
 *
 * @param <T> what an image is read from
 */
@AutoValue
public abstract class Audit<T> extends PTransform<PCollection<KV<String, T>>, Audit.Result> {
  private static final long serialVersionUID = 1L;
  private static final TupleTag<SummaryState> STATE = new TupleTag<>("state") {};
  private static final TupleTag<Statistics> SUMMARY = new TupleTag<>("summary") {};
  private static final TupleTag<Exhibit> EXHIBITS = new TupleTag<>("exhibits") {};

  abstract ImageReader<T> reader();

  abstract Optional<DecodeImages.Labeller<T>> labeller();

  abstract Optional<DecodeImages.Masker<T>> masker();

  abstract Optional<PCollection<KV<String, Integer>>> labels();

  abstract List<ExplainImages> explanations();

  abstract List<SaliencyMethod.Choice> saliency();

  abstract CompareMaps comparison();

  abstract ChooseExhibits.Choice exhibits();

  abstract VanishedMaps vanished();

  abstract SpreadKeys.Strategy spreading();

  abstract Builder<T> toBuilder();

  @AutoValue.Builder
  abstract static class Builder<T> {
    abstract Builder<T> setReader(ImageReader<T> reader);

    abstract Builder<T> setLabeller(DecodeImages.Labeller<T> labeller);

    abstract Builder<T> setMasker(DecodeImages.Masker<T> masker);

    abstract Builder<T> setLabels(PCollection<KV<String, Integer>> labels);

    abstract Builder<T> setExplanations(List<ExplainImages> explanations);

    abstract Builder<T> setSaliency(List<SaliencyMethod.Choice> choices);

    abstract Builder<T> setComparison(CompareMaps comparison);

    abstract Builder<T> setExhibits(ChooseExhibits.Choice choice);

    abstract Builder<T> setVanished(VanishedMaps maps);

    abstract Builder<T> setSpreading(SpreadKeys.Strategy strategy);

    abstract Audit<T> build();
  }

  /**
   * Audits images that are read from anything.
   *
   * @param reader reads one
   * @param <T> what it is read from
   * @return a transform without models yet
   */
  public static <T> Audit<T> of(ImageReader<T> reader) {
    return new AutoValue_Audit.Builder<T>()
        .setReader(reader)
        .setExplanations(List.of())
        .setSaliency(SaliencyMethod.DEFAULT)
        .setComparison(CompareMaps.create())
        .setExhibits(ChooseExhibits.Choice.NONE)
        .setVanished(VanishedMaps.EXCLUDE)
        .setSpreading(SpreadKeys.Strategy.DEFAULT)
        .build();
  }

  /**
   * Audits files, as {@link MatchImages} finds them.
   *
   * @return a transform without models yet
   */
  public static Audit<String> files() {
    return of(ImageReader.files());
  }

  /**
   * Audits synthetic scenes, which know their labels and masks.
   *
   * @return a transform without models yet
   */
  public static Audit<Scene> scenes() {
    return of(ImageReader.scenes()).toBuilder()
        .setLabeller(scene -> scene.label().index())
        .setMasker(scene -> Optional.of(scene.mask()))
        .build();
  }

  /**
   * Adds models, explained as those that are there already, or at f32 alone.
   *
   * @param models of different ids
   * @return a new transform
   */
  public Audit<T> withModels(Model... models) {
    Audit<T> audit = this;
    for (Model model : models) {
      List<ExplainImages> there = audit.explanations();
      ExplainImages like = there.isEmpty() ? ExplainImages.of(model) : there.get(there.size() - 1);
      audit =
          audit.withExplanation(like.toBuilder().setModel(model).setCandidates(List.of()).build());
    }
    return audit;
  }

  /**
   * Adds a model with choices of its own.
   *
   * @param explanation the model and how it is explained
   * @return a new transform
   */
  public Audit<T> withExplanation(ExplainImages explanation) {
    List<ExplainImages> all = new ArrayList<>(explanations());
    all.add(explanation);
    return toBuilder().setExplanations(List.copyOf(all)).build();
  }

  private Audit<T> withEach(UnaryOperator<ExplainImages> change) {
    if (explanations().isEmpty()) {
      throw new IllegalStateException(
          "add a model first: this option applies to the models that were added before");
    }
    return toBuilder().setExplanations(explanations().stream().map(change).toList()).build();
  }

  /**
   * Chooses the precisions of all models that were added so far.
   *
   * @param names such as {@code int8}; f32, the reference, always runs
   * @return a new transform
   * @throws IllegalArgumentException if one is unknown
   */
  public Audit<T> withPrecisions(String... names) {
    return withEach(e -> e.withPrecisions(names));
  }

  /**
   * Chooses how activations are weighed, for all models that were added so far.
   *
   * @param method the method
   * @return a new transform
   */
  public Audit<T> withCam(MapMethod method) {
    return withEach(e -> e.withMethod(method));
  }

  /**
   * Chooses the class that is explained, for all models that were added so far.
   *
   * @param mode the choice; {@link ExplainedClass#LABEL} wants labels
   * @return a new transform
   */
  public Audit<T> withTarget(ExplainedClass mode) {
    return withEach(e -> e.withTarget(mode));
  }

  /**
   * Quantizes activations by ranges that were calibrated, for all models that were added so far;
   * without, by each image's own extremes.
   *
   * @param calibration has the ranges of all of them
   * @return a new transform
   */
  public Audit<T> withCalibration(Calibration calibration) {
    return withEach(e -> e.withCalibration(calibration));
  }

  /**
   * Chooses how saliency maps are computed; each method is a reference of its own.
   *
   * @param choices what {@link SaliencyMethod#parse} reads; at least one
   * @return a new transform
   * @throws IllegalArgumentException if there is no such method, or one is named twice
   */
  public Audit<T> withSaliency(String... choices) {
    return toBuilder().setSaliency(SaliencyMethod.parseAll(List.of(choices))).build();
  }

  /**
   * Takes saliency maps that were made elsewhere instead of computing them.
   *
   * @param maps by image key
   * @return a new transform
   */
  public Audit<T> withSaliencyMaps(PCollection<KV<String, SeenMap>> maps) {
    return toBuilder()
        .setSaliency(List.of())
        .setComparison(comparison().withSaliency(maps))
        .build();
  }

  /**
   * Compares answers with labels (instead of those that the source knows), and explains them where
   * a model is to.
   *
   * @param labels image key to class index; an image need not have one
   * @return a new transform
   */
  public Audit<T> withLabels(PCollection<KV<String, Integer>> labels) {
    return toBuilder().setLabels(labels).build();
  }

  /**
   * Compares answers with what images show, of tasks that are not classification.
   *
   * @param truths by image key
   * @return a new transform
   */
  public Audit<T> withTruths(PCollection<KV<String, Truth>> truths) {
    return toBuilder().setComparison(comparison().withTruths(truths)).build();
  }

  /**
   * Compares maps with masks.
   *
   * @param masks by image key
   * @return a new transform
   */
  public Audit<T> withMasks(PCollection<KV<String, SeenMask>> masks) {
    return toBuilder().setComparison(comparison().withMasks(masks)).build();
  }

  /**
   * Chooses the measures of maps.
   *
   * @param measures at least one
   * @return a new transform
   */
  public Audit<T> withMeasures(Set<? extends Measure> measures) {
    return toBuilder().setComparison(comparison().withMeasures(measures)).build();
  }

  /**
   * Tests the maps of all models that were added so far, and adds the tests' measures.
   *
   * @param tests the tests
   * @return a new transform
   */
  public Audit<T> withTests(MapTests tests) {
    return withEach(e -> e.withTests(tests));
  }

  /**
   * Chooses what the summary does with maps that vanished.
   *
   * @param maps what is done with them
   * @return a new transform
   */
  public Audit<T> withVanishedMaps(VanishedMaps maps) {
    return toBuilder().setVanished(maps).build();
  }

  /**
   * Chooses images to show.
   *
   * @param choice which ones
   * @return a new transform
   */
  public Audit<T> withExhibits(ChooseExhibits.Choice choice) {
    return toBuilder().setExhibits(choice).build();
  }

  /**
   * Chooses how images are spread over workers after they were joined with labels.
   *
   * @return a new transform
   */
  public Audit<T> withSpreading(SpreadKeys.Strategy strategy) {
    return toBuilder().setSpreading(strategy).build();
  }

  /** Rows, summary, exhibits and rejects. */
  public static final class Result implements POutput {
    private final CompareMaps.Result compared;
    private final PCollection<SummaryState> state;
    private final PCollection<KV<SummaryKey, Statistics>> summary;
    private final PCollection<Exhibit> exhibits;

    private Result(
        CompareMaps.Result compared,
        PCollection<SummaryState> state,
        PCollection<KV<SummaryKey, Statistics>> summary,
        PCollection<Exhibit> exhibits) {
      this.compared = compared;
      this.state = state;
      this.summary = summary;
      this.exhibits = exhibits;
    }

    /**
     * Returns the comparisons.
     *
     * @return one row per image, model, precision and reference
     */
    public PCollection<Comparison> rows() {
      return compared.rows();
    }

    /**
     * Returns all maps.
     *
     * @return of each image that could be read
     */
    public PCollection<ComparedImage> images() {
      return compared.images();
    }

    /**
     * Returns statistics of the rows.
     *
     * @return per model, precision, reference and measure
     */
    public PCollection<KV<SummaryKey, Statistics>> summary() {
      return summary;
    }

    /**
     * Returns the summary in a form that can be merged with summaries of other images.
     *
     * @return one state; none without rows
     */
    public PCollection<SummaryState> summaryState() {
      return state;
    }

    /**
     * Returns the images to show.
     *
     * @return the chosen ones, with all their maps
     */
    public PCollection<Exhibit> exhibits() {
      return exhibits;
    }

    /**
     * Returns images that were not used, or not for everything.
     *
     * @return one reject per image and failure
     */
    public PCollection<Reject> rejects() {
      return compared.rejects();
    }

    @Override
    public Pipeline getPipeline() {
      return compared.getPipeline();
    }

    @Override
    public Map<TupleTag<?>, PValue> expand() {
      Map<TupleTag<?>, PValue> all = new HashMap<>(compared.expand());
      all.put(STATE, state);
      all.put(SUMMARY, summary);
      all.put(EXHIBITS, exhibits);
      return all;
    }

    @Override
    public void finishSpecifyingOutput(
        String transformName, PInput input, PTransform<?, ?> transform) {
      compared.finishSpecifyingOutput(transformName, input, transform);
    }
  }

  @Override
  public Map<TupleTag<?>, PValue> getAdditionalInputs() {
    Map<TupleTag<?>, PValue> others = new HashMap<>(comparison().getAdditionalInputs());
    labels().ifPresent(p -> others.put(CompareMaps.LABELS, p));
    return others;
  }

  /** Everything that can be wrong before images are looked at. */
  private void check(PCollection<KV<String, T>> names) {
    Requirements.finiteWindows(names, "Audit");
    if (explanations().isEmpty()) {
      throw new IllegalArgumentException("Audit needs at least one model");
    }
    Set<String> ids = new HashSet<>();
    for (ExplainImages explanation : explanations()) {
      explanation.check();
      explanation.describeModels();
      if (!ids.add(explanation.getModel().id())) {
        throw new IllegalArgumentException(
            "two models are called '"
                + explanation.getModel().id()
                + "'; Model.named() tells them apart");
      }
    }
    if (explainsLabels() && labeller().isEmpty() && labels().isEmpty()) {
      throw new IllegalArgumentException("a model explains the label, but there are no labels");
    }
  }

  private boolean explainsLabels() {
    return explanations().stream().anyMatch(e -> e.getTarget() == ExplainedClass.LABEL);
  }

  /** The measures that the models' tasks add. */
  private Set<Measure> ofTasks() {
    Set<Measure> all = new HashSet<>();
    objectives().forEach(objective -> all.addAll(objective.measures()));
    return all;
  }

  private Stream<Objective> objectives() {
    List<Objective> all = new ArrayList<>();
    for (Model model : models()) {
      try {
        all.add(model.info().objective());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all.stream();
  }

  /** All that look at images. */
  private List<Model> seeing() {
    return explanations().stream().flatMap(e -> e.models().stream()).toList();
  }

  private List<Model> models() {
    return explanations().stream().map(ExplainImages::getModel).toList();
  }

  @Override
  public Result expand(PCollection<KV<String, T>> names) {
    check(names);
    PCollection<KV<String, LiveImage>> images = decode(names);
    if (!saliency().isEmpty()) {
      images = images.apply("Saliency", ComputeSaliency.by(saliency()));
    }
    for (ExplainImages explanation : explanations()) {
      images = images.apply("Explain " + explanation.getModel().id(), explanation);
    }
    Set<Measure> measures = new HashSet<>(comparison().measures());
    measures.addAll(ofTasks());
    explanations().forEach(e -> measures.addAll(e.getTests().measures()));
    CompareMaps.Result compared = images.apply("Compare", comparison().withMeasures(measures));
    PCollection<SummaryState> state =
        SummarizeComparisons.create()
            .withMeasures(measures)
            .withVanishedMaps(vanished())
            .state(compared.rows());
    return new Result(
        compared,
        state,
        SummarizeComparisons.lines(state),
        exhibits().equals(ChooseExhibits.Choice.NONE)
            ? names.getPipeline().apply("NoExhibits", Create.empty(BitgazeCoders.EXHIBIT))
            : compared
                .images()
                .apply(
                    "Exhibits",
                    ChooseExhibits.of(models().stream().map(Model::id).toList(), exhibits())));
  }

  /**
   * Labels are joined with the names, before there is anything to carry: a model may explain them,
   * and joining names costs less than joining maps.
   */
  private PCollection<KV<String, LiveImage>> decode(PCollection<KV<String, T>> names) {
    DecodeImages<T> decode =
        DecodeImages.of(reader()).withModels(seeing()).withSaliency(saliency());
    if (masker().isPresent()) {
      decode = decode.withMasker(masker().get());
    }
    if (labels().isEmpty()) {
      // A class of the whole image is no label of segmenters and detectors.
      boolean labelled = labeller().isPresent() && objectives().anyMatch(Objective::hasLabels);
      return names.apply("Decode", labelled ? decode.withLabeller(labeller().get()) : decode);
    }
    return names
        .apply(
            "Labels",
            new JoinLabels<>(
                labels().get(), SpreadKeys.<KV<T, Integer>>create().withStrategy(spreading())))
        .apply("Decode", decode.labelled());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("models", models().toString()));
  }
}
