package org.bitgaze.transforms;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.Classification;
import org.bitgaze.explain.Classification.ClassAnswer;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.Explanation;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.ort.OrtPrecision;
import org.bitgaze.quant.Configuration;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.NetworkOutputs;
import org.bitgaze.transforms.values.Reject;
import org.joda.time.Instant;

/**
 * Adds the maps of one explainer to each image. Images are explained in batches; the rest of a
 * bundle is a smaller batch. An image that fails gets a {@link Reject}, and the others of its batch
 * keep their maps.
 */
final class ExplainFn extends DoFn<KV<String, LiveImage>, KV<String, LiveImage>> {
  private static final long serialVersionUID = 1L;

  private final Counter computed = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MAPS);
  private final Counter clipped = Metrics.counter(MetricNames.NAMESPACE, MetricNames.CLIPPED);
  private final Counter unstable = Metrics.counter(MetricNames.NAMESPACE, MetricNames.UNSTABLE);
  private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
  private final Distribution millis =
      Metrics.distribution(MetricNames.NAMESPACE, MetricNames.CAM_MILLIS);

  private final Packed<ExplainerSpec> packed;
  private final ExplainedClass explainedClass;
  private final Set<String> kept;
  private transient ExplainerSpec spec;
  private transient Explainer explainer;
  private transient List<Waiting> batch;

  /** An image that waits for its batch, with what its result must keep. */
  private record Waiting(
      KV<String, LiveImage> image,
      Explainer.Input input,
      Instant timestamp,
      BoundedWindow window) {}

  /**
   * Makes a step.
   *
   * @param kept names of maps with whose logits a later step compares its own
   */
  ExplainFn(ExplainerSpec spec, ExplainedClass explainedClass, Set<String> kept) {
    this.packed = Packed.of(spec);
    this.explainedClass = explainedClass;
    this.kept = Set.copyOf(kept);
  }

  /** Loads the network before images come. */
  @Setup
  public void setup() throws IOException {
    batch = new ArrayList<>();
    spec = packed.open();
    explainer = spec.open();
  }

  /** Takes an image; a full batch is explained at once. */
  @ProcessElement
  public void process(ProcessContext c, BoundedWindow window) {
    KV<String, LiveImage> image = c.element();
    Optional<OptionalInt> explained = explainedClass(image.getValue().maps());
    if (image.getValue().picture().isEmpty()) {
      c.output(image);
    } else if (explained.isEmpty()) {
      // One reject per model is enough: the other precisions pass the image on.
      c.output(isReference() ? reject(image, label(0), "the image has no label") : image);
    } else {
      try {
        var crop = image.getValue().picture().get().crop(spec.preprocessing());
        var input =
            new Explainer.Input(
                image.getKey(),
                crop,
                explained.get(),
                answerToExplain(image.getValue().maps()),
                image.getValue().maps().size());
        batch.add(new Waiting(image, input, c.timestamp(), window));
      } catch (RuntimeException e) {
        c.output(reject(image, e));
      }
    }
    if (batch.size() == spec.batchSize()) {
      // Each image keeps its own timestamp and window, not those of the image that filled the
      // batch.
      flush(
          (result, waiting) ->
              c.outputWindowedValue(
                  result, waiting.timestamp(), List.of(waiting.window()), PaneInfo.NO_FIRING));
    }
  }

  /** Explains the images that are left over. */
  @FinishBundle
  public void finishBundle(FinishBundleContext c) {
    flush((result, waiting) -> c.output(result, waiting.timestamp(), waiting.window()));
  }

  /** Releases the network. */
  @Teardown
  public void teardown() {
    if (explainer != null) {
      explainer.close();
    }
  }

  @FunctionalInterface
  private interface Receiver {
    void output(KV<String, LiveImage> image, Waiting waiting);
  }

  private boolean isReference() {
    return label(0).equals(Configuration.F32.name());
  }

  private String label(int index) {
    return spec.labels().get(index);
  }

  /**
   * Chooses the class to explain: an empty number is the network's own answer. There is none if the
   * image has no label, or if f32 failed, whose answer is to be explained.
   */
  private Optional<OptionalInt> explainedClass(ImageMaps maps) {
    return switch (explainedClass) {
      case LABEL -> Optional.of(maps.label()).filter(OptionalInt::isPresent);
      case OWN -> Optional.of(OptionalInt.empty());
      case REFERENCE ->
          isReference()
              ? Optional.of(OptionalInt.empty())
              : maps.cam(spec.modelId(), Configuration.F32.name())
                  .map(f32 -> OptionalInt.of(f32.explainedClass()));
    };
  }

  /** The answer to explain of a task that is not classification; nothing for the network's own. */
  private Optional<Answer> answerToExplain(ImageMaps maps) {
    return explainedClass == ExplainedClass.OWN || isReference()
        ? Optional.empty()
        : maps.cam(spec.modelId(), Configuration.F32.name())
            .flatMap(CamMap::answer)
            .map(Answered::answer);
  }

  private void flush(Receiver out) {
    if (batch.isEmpty()) {
      return;
    }
    List<Waiting> waiting = List.copyOf(batch);
    batch.clear();
    List<KV<String, LiveImage>> explained = explainOrReject(waiting);
    // Outputs stay outside the try block: a failure downstream is not this image's.
    for (int i = 0; i < waiting.size(); i++) {
      out.output(explained.get(i), waiting.get(i));
    }
  }

  private List<KV<String, LiveImage>> explainOrReject(List<Waiting> waiting) {
    try {
      return explain(waiting);
    } catch (RuntimeException e) {
      NativeMemory.check(e);
      if (waiting.size() == 1) {
        return List.of(reject(waiting.get(0).image(), e));
      }
      // One image may have failed the batch: each is tried by itself.
      List<KV<String, LiveImage>> results = new ArrayList<>();
      waiting.forEach(one -> results.addAll(explainOrReject(List.of(one))));
      return results;
    }
  }

  private List<KV<String, LiveImage>> explain(List<Waiting> waiting) {
    long start = System.nanoTime();
    List<List<Explanation>> explanations =
        explainer.explain(waiting.stream().map(Waiting::input).toList());
    int maps = waiting.size() * spec.labels().size();
    long perMap = Math.round((System.nanoTime() - start) / 1e6 / maps);
    List<KV<String, LiveImage>> explained = new ArrayList<>();
    for (int i = 0; i < waiting.size(); i++) {
      KV<String, LiveImage> image = waiting.get(i).image();
      for (int k = 0; k < spec.labels().size(); k++) {
        image = add(image, label(k), explanations.get(i).get(k), perMap);
      }
      explained.add(image);
    }
    return explained;
  }

  private KV<String, LiveImage> add(
      KV<String, LiveImage> image, String label, Explanation explanation, long elapsed) {
    if (explanation.status() == MapStatus.NOT_FINITE) {
      return reject(image, label, explanation.problem().orElseThrow());
    }
    computed.inc();
    clipped.inc(explanation.clipped() ? 1 : 0);
    unstable.inc(explanation.isUnstable() ? 1 : 0);
    millis.update(elapsed);
    LiveImage live = image.getValue();
    if (kept.contains(label)) {
      live = live.with(new NetworkOutputs(spec.modelId(), label, explanation.logits()));
    }
    Explanation compared = comparedWithSimulation(live, label, explanation);
    KV<String, LiveImage> explained =
        KV.of(image.getKey(), live.with(live.maps().with(map(label, compared))));
    // Its answers are compared all the same; one reject says why there are no maps.
    return explanation.status() == MapStatus.NOTHING && isReference()
        ? reject(explained, label, explanation.answer().orElseThrow().objective().nothing())
        : explained;
  }

  /** Of a deployed file: how near the simulation's logits are to the file's. */
  private Explanation comparedWithSimulation(LiveImage live, String label, Explanation deployed) {
    // Outputs of other tasks have several units, such as scores and pixels.
    if (!label.endsWith(CamMap.DEPLOYED) || deployed.answer().isPresent()) {
      return deployed;
    }
    String twin = label.substring(0, label.length() - CamMap.DEPLOYED.length());
    return live.logits(spec.modelId(), twin)
        .map(simulated -> deployed.withFidelity(fidelity(deployed.logits(), simulated.values())))
        .orElse(deployed);
  }

  /** A file that ends with a softmax gives the logarithms of probabilities. */
  private static Fidelity fidelity(float[] deployed, float[] simulated) {
    if (deployed.length != simulated.length) {
      return Fidelity.UNKNOWN;
    }
    // Quantized or half-precision probabilities need not sum to 1.
    boolean probabilities =
        deployed[Classification.largest(deployed)] <= 0 && Math.abs(logSumExp(deployed)) < 0.1;
    float[] signal = deployed.clone();
    float[] comparable = simulated.clone();
    double shift = probabilities ? logSumExp(simulated) : 0;
    for (int i = 0; i < comparable.length; i++) {
      comparable[i] = (float) (comparable[i] - shift);
      if (probabilities && signal[i] <= OrtPrecision.LOG_OF_ZERO) {
        // A probability of 0 has no logarithm to compare.
        signal[i] = 0;
        comparable[i] = 0;
      }
    }
    return Fidelity.ofLogits(signal, comparable);
  }

  private static double logSumExp(float[] logits) {
    int top = Classification.largest(logits);
    return logits[top] - Math.log(Classification.probability(logits, top));
  }

  private KV<String, LiveImage> reject(KV<String, LiveImage> image, String label, String reason) {
    return add(image, Reject.of(image.getKey(), stage(label), spec.modelId(), reason));
  }

  private KV<String, LiveImage> reject(KV<String, LiveImage> image, RuntimeException failure) {
    return add(image, Reject.of(image.getKey(), stage(label(0)), spec.modelId(), failure));
  }

  private KV<String, LiveImage> add(KV<String, LiveImage> image, Reject reject) {
    rejected.inc();
    LiveImage live = image.getValue();
    return KV.of(image.getKey(), live.with(live.maps().with(reject)));
  }

  private static String stage(String label) {
    return "cam " + label;
  }

  private CamMap map(String label, Explanation e) {
    Answer own =
        e.answer()
            .map(Answered::answer)
            .orElseGet(() -> new ClassAnswer(e.topClass(), e.probability(e.topClass())));
    return new CamMap(
        spec.modelId(),
        label,
        spec.preprocessing().framing(),
        own.mainClass(),
        own.probability(),
        e.explained(),
        e.clipped(),
        e.cam(),
        e.fidelity(),
        e.answer());
  }
}
