package org.bitgaze.transforms;

import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.Ranges;
import org.bitgaze.torch.ObserverProgram;
import org.bitgaze.torch.runtime.ProgramCache;
import org.bitgaze.transforms.values.LiveImage;

/**
 * Finds the ranges of models' activations over some images, for static quantization. Yields one
 * {@link Calibration}, without images if there were none; an image that a model cannot take, or
 * whose activations are not finite, does not count. The images' keys are held together: for a
 * sample.
 *
 * <pre>{@code
 * PCollection<Calibration> calibration =
 *     sample.apply(CalibrateRanges.of(List.of(model)).by(RangeMode.MINMAX));
 * }</pre>
 */
public final class CalibrateRanges
    extends PTransform<PCollection<KV<String, LiveImage>>, PCollection<Calibration>> {
  private static final long serialVersionUID = 1L;
  private final List<Model> models;
  private final RangeMode mode;

  private CalibrateRanges(List<Model> models, RangeMode mode) {
    this.models = List.copyOf(models);
    this.mode = mode;
  }

  /**
   * Calibrates by the smallest and largest values.
   *
   * @param models the models
   * @return the transform
   */
  public static CalibrateRanges of(List<Model> models) {
    return new CalibrateRanges(models, RangeMode.MINMAX);
  }

  /**
   * Chooses how the images' extremes are combined.
   *
   * @param chosen not {@link RangeMode#DYNAMIC}
   * @return a new transform
   * @throws IllegalArgumentException for dynamic ranges, which are not calibrated
   */
  public CalibrateRanges by(RangeMode chosen) {
    if (chosen == RangeMode.DYNAMIC) {
      throw new IllegalArgumentException("dynamic ranges are not calibrated");
    }
    return new CalibrateRanges(models, chosen);
  }

  @Override
  public PCollection<Calibration> expand(PCollection<KV<String, LiveImage>> images) {
    Requirements.boundedAndGlobal(images, "CalibrateRanges");
    long ids = models.stream().map(Model::id).distinct().count();
    if (models.isEmpty() || ids < models.size()) {
      throw new IllegalArgumentException(
          "CalibrateRanges takes models of different ids, not " + models);
    }
    PCollection<KV<String, LiveImage>> spread =
        images.apply(
            "Spread",
            Redistribute.<KV<String, LiveImage>>arbitrarily().withNumBuckets(SampleImages.BUCKETS));
    PCollectionList<Observed> observed = PCollectionList.empty(images.getPipeline());
    for (Model model : models) {
      observed =
          observed.and(
              spread
                  .apply("Observe " + model.id(), ParDo.of(new ObserveFn(model)))
                  .setCoder(SerializableCoder.of(Observed.class)));
    }
    return observed
        .apply("Observations", Flatten.pCollections())
        .apply("Combine", Combine.globally(new CalibrationFn(mode)))
        .setCoder(SerializableCoder.of(Calibration.class));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("ranges", mode.id()));
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
    private transient Preprocessing preprocessing;
    private transient ProgramCache.Lease<ObserverProgram> lease;

    ObserveFn(Model model) {
      this.model = model;
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
      observe(image.getKey(), image.getValue().picture().get())
          .ifPresent(
              extremes ->
                  out.output(new Observed(image.getKey(), model.id(), new HashMap<>(extremes))));
    }

    /** The extremes; none if the model cannot take the image, or they are not finite. */
    private Optional<Map<String, Range>> observe(String key, Picture picture) {
      try {
        return Optional.of(
                lease.program().run(List.of(picture.crop(preprocessing)), List.of(key)).get(0))
            .filter(
                extremes ->
                    extremes.values().stream()
                        .allMatch(r -> Double.isFinite(r.min()) && Double.isFinite(r.max())));
      } catch (RuntimeException e) {
        return Optional.empty();
      }
    }

    @Teardown
    public void teardown() {
      if (lease != null) {
        lease.close();
      }
    }
  }

  private static final class CalibrationFn
      extends CombineFn<Observed, CalibrationFn.Seen, Calibration> {
    private static final long serialVersionUID = 1L;
    private final RangeMode mode;

    /** What was seen so far. */
    private static final class Seen implements Serializable {
      private static final long serialVersionUID = 1L;
      private final TreeSet<String> images = new TreeSet<>();
      private final TreeMap<String, Observations> models = new TreeMap<>();

      private Observations of(String model) {
        return models.computeIfAbsent(model, m -> new Observations());
      }
    }

    CalibrationFn(RangeMode mode) {
      this.mode = mode;
    }

    @Override
    public Seen createAccumulator() {
      return new Seen();
    }

    @Override
    public Seen addInput(Seen seen, Observed observed) {
      seen.images.add(observed.key());
      seen.of(observed.model()).add(observed.extremes());
      return seen;
    }

    @Override
    public Seen mergeAccumulators(Iterable<Seen> accumulators) {
      Seen merged = new Seen();
      for (Seen seen : accumulators) {
        merged.images.addAll(seen.images);
        seen.models.forEach((model, observations) -> merged.of(model).add(observations));
      }
      return merged;
    }

    @Override
    public Calibration extractOutput(Seen seen) {
      Map<String, Ranges> models = new HashMap<>();
      seen.models.forEach((model, observations) -> models.put(model, observations.ranges(mode)));
      return new Calibration(mode, List.copyOf(seen.images), models);
    }

    @Override
    public Coder<Seen> getAccumulatorCoder(CoderRegistry registry, Coder<Observed> inputCoder) {
      return SerializableCoder.of(Seen.class);
    }
  }
}
