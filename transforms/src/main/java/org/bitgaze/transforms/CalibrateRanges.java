package org.bitgaze.transforms;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.torch.ObserverProgram;
import org.bitgaze.torch.runtime.ProgramCache;
import org.bitgaze.transforms.values.LiveImage;

/**
 * Finds the ranges of models' activations over some images, for static quantization. Yields one
 * {@link Calibration} per rule, without images if there were none; an image that a model cannot
 * take does not count. Nor does one whose activations are not finite, except for rules that are
 * computed from histograms: these fail and name the image. The images' keys are held together: for
 * a sample.
 *
 * <p>Rules that are computed from histograms take two passes over the images: one for the extremes
 * of each activation, and one that counts the values between them. Both combine without regard to
 * order, so that ranges do not depend on the runner or its bundles.
 *
 * <pre>{@code
 * PCollection<Calibration> calibration =
 *     sample.apply(CalibrateRanges.of(List.of(model)).by(RangeRule.parse("percentile:99.9")));
 * }</pre>
 */
public final class CalibrateRanges
    extends PTransform<PCollection<KV<String, LiveImage>>, PCollection<Calibration>> {
  private static final long serialVersionUID = 1L;
  private final List<Model> models;
  private final List<RangeRule> rules;

  private CalibrateRanges(List<Model> models, List<RangeRule> rules) {
    this.models = List.copyOf(models);
    this.rules = List.copyOf(rules);
  }

  /**
   * Calibrates by the smallest and largest values.
   *
   * @param models the models
   * @return the transform
   */
  public static CalibrateRanges of(List<Model> models) {
    return new CalibrateRanges(models, List.of(RangeRule.MINMAX));
  }

  /**
   * Chooses how ranges are determined.
   *
   * @param chosen not {@link RangeRule#DYNAMIC}; several rules share the passes over the images
   * @return a new transform
   * @throws IllegalArgumentException for dynamic ranges, which are not calibrated, or without a
   *     rule
   */
  public CalibrateRanges by(RangeRule... chosen) {
    if (chosen.length == 0) {
      throw new IllegalArgumentException("CalibrateRanges needs at least one rule");
    }
    if (Arrays.stream(chosen).anyMatch(RangeRule::isDynamic)) {
      throw new IllegalArgumentException("dynamic ranges are not calibrated");
    }
    return new CalibrateRanges(models, List.of(chosen));
  }

  @Override
  public PCollection<Calibration> expand(PCollection<KV<String, LiveImage>> images) {
    Requirements.boundedAndGlobal(images, "CalibrateRanges");
    long ids = models.stream().map(Model::id).distinct().count();
    if (models.isEmpty() || ids < models.size()) {
      throw new IllegalArgumentException(
          "CalibrateRanges takes models of different ids, not " + models);
    }
    boolean counted = rules.stream().anyMatch(rule -> rule.mode().isCounted());
    PCollection<KV<String, LiveImage>> spread =
        images.apply(
            "Spread",
            Redistribute.<KV<String, LiveImage>>arbitrarily().withNumBuckets(SampleImages.BUCKETS));
    PCollectionList<Observed> observed = PCollectionList.empty(images.getPipeline());
    for (Model model : models) {
      observed =
          observed.and(
              spread
                  .apply("Observe " + model.id(), ParDo.of(new ObserveFn(model, counted)))
                  .setCoder(SerializableCoder.of(Observed.class)));
    }
    PCollection<ObservedExtremes> extremes =
        observed
            .apply("Observations", Flatten.pCollections())
            .apply("Combine", Combine.globally(new ExtremesFn()))
            .setCoder(SerializableCoder.of(ObservedExtremes.class));
    PCollection<Calibration> calibrations =
        counted
            ? counted(spread, extremes)
            : extremes
                .apply(
                    "Ranges",
                    MapElements.into(TypeDescriptors.lists(TypeDescriptor.of(Calibration.class)))
                        .via(e -> e.calibrations(rules, new CountedValues())))
                .setCoder(ListCoder.of(SerializableCoder.of(Calibration.class)))
                .apply("Each", Flatten.iterables());
    return calibrations.setCoder(SerializableCoder.of(Calibration.class));
  }

  /** The second pass: counts the values between the extremes that the first pass found. */
  private PCollection<Calibration> counted(
      PCollection<KV<String, LiveImage>> images, PCollection<ObservedExtremes> extremes) {
    PCollectionView<ObservedExtremes> known = extremes.apply("Extremes", View.asSingleton());
    PCollectionList<CountedValues> counts = PCollectionList.empty(images.getPipeline());
    for (Model model : models) {
      counts =
          counts.and(
              images
                  .apply(
                      "Count " + model.id(),
                      ParDo.of(new CountValuesFn(model, known)).withSideInputs(known))
                  .setCoder(SerializableCoder.of(CountedValues.class)));
    }
    return counts
        .apply("Counts", Flatten.pCollections())
        .apply("CombineCounts", Combine.globally(new CountedValues.SumFn()))
        .setCoder(SerializableCoder.of(CountedValues.class))
        .apply("Ranges", ParDo.of(new RangesFn(rules, known)).withSideInputs(known));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("ranges", rules.toString()));
    models.forEach(m -> builder.add(DisplayData.item("model " + m.id(), m.toString())));
  }

  /** The extremes of one image's activations in one model. */
  private record Observed(String key, String model, HashMap<String, Range> extremes)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  private static final class ObserveFn extends DoFn<KV<String, LiveImage>, Observed> {
    private static final long serialVersionUID = 1L;
    private final Model model;
    private final boolean mustBeFinite;
    private transient Preprocessing preprocessing;
    private transient ProgramCache.Lease<ObserverProgram> lease;

    ObserveFn(Model model, boolean mustBeFinite) {
      this.model = model;
      this.mustBeFinite = mustBeFinite;
    }

    @Setup
    public void setup() throws IOException {
      preprocessing = model.preprocessing();
      lease = ObserverProgram.lease(model);
    }

    @ProcessElement
    public void process(@Element KV<String, LiveImage> image, OutputReceiver<Observed> out) {
      if (image.getValue().picture().isEmpty()) {
        return;
      }
      String key = image.getKey();
      observe(key, image.getValue().picture().get())
          .filter(extremes -> isFinite(key, extremes))
          .ifPresent(
              extremes -> out.output(new Observed(key, model.id(), new HashMap<>(extremes))));
    }

    /** The extremes; none if the model cannot take the image. */
    private Optional<Map<String, Range>> observe(String key, Picture picture) {
      try {
        return Optional.of(
            lease.program().run(List.of(picture.crop(preprocessing)), List.of(key)).get(0));
      } catch (RuntimeException e) {
        return Optional.empty();
      }
    }

    private boolean isFinite(String key, Map<String, Range> extremes) {
      Optional<String> wrong =
          extremes.entrySet().stream()
              .filter(e -> !isFinite(e.getValue()))
              .map(Map.Entry::getKey)
              .findFirst();
      if (wrong.isPresent() && mustBeFinite) {
        throw new IllegalArgumentException(
            "ranges of %s cannot be calibrated: the activation '%s' of image %s is not finite"
                .formatted(model.id(), wrong.get(), key));
      }
      return wrong.isEmpty();
    }

    private static boolean isFinite(Range range) {
      return Double.isFinite(range.min()) && Double.isFinite(range.max());
    }

    @Teardown
    public void teardown() {
      if (lease != null) {
        lease.close();
      }
    }
  }

  private static final class ExtremesFn
      extends CombineFn<Observed, ObservedExtremes, ObservedExtremes> {
    private static final long serialVersionUID = 1L;

    @Override
    public ObservedExtremes createAccumulator() {
      return new ObservedExtremes();
    }

    @Override
    public ObservedExtremes addInput(ObservedExtremes seen, Observed observed) {
      seen.add(observed.model(), observed.key(), observed.extremes());
      return seen;
    }

    @Override
    public ObservedExtremes mergeAccumulators(Iterable<ObservedExtremes> accumulators) {
      ObservedExtremes merged = new ObservedExtremes();
      accumulators.forEach(merged::add);
      return merged;
    }

    @Override
    public ObservedExtremes extractOutput(ObservedExtremes seen) {
      return seen;
    }

    @Override
    public Coder<ObservedExtremes> getAccumulatorCoder(
        CoderRegistry registry, Coder<Observed> inputCoder) {
      return SerializableCoder.of(ObservedExtremes.class);
    }
  }

  /** Computes the ranges when both passes are done. */
  private static final class RangesFn extends DoFn<CountedValues, Calibration> {
    private static final long serialVersionUID = 1L;
    private final List<RangeRule> rules;
    private final PCollectionView<ObservedExtremes> extremes;

    RangesFn(List<RangeRule> rules, PCollectionView<ObservedExtremes> extremes) {
      this.rules = rules;
      this.extremes = extremes;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      c.sideInput(extremes).calibrations(rules, c.element()).forEach(c::output);
    }
  }
}
