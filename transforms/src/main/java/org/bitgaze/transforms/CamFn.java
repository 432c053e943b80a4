package org.bitgaze.transforms;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Mode;
import org.bitgaze.quant.Configuration;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.Explanation;
import org.bitgaze.torch.ProgramCache;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.RandomKey;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;
import org.joda.time.Instant;

/**
 * Runs one model at one precision, or what is to stand in for it. The native result of an image may
 * differ in its last bits with the size of the batch, so every batch is filled up to the same size:
 * the maps then do not depend on how a runner bundles the images.
 */
final class CamFn extends DoFn<KV<String, LiveImage>, KV<String, LiveImage>> {
  private static final long serialVersionUID = 1L;

  private final Counter computed = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MAPS);
  private final Counter clipped = Metrics.counter(MetricNames.NAMESPACE, MetricNames.CLIPPED);
  private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
  private final Distribution millis =
      Metrics.distribution(MetricNames.NAMESPACE, MetricNames.CAM_MILLIS);

  private final Packed<ProgramKey> packed;
  private final String model;
  private final String label;
  private final boolean isReference;
  private final String draws;
  private final ExplainedClass mode;

  /** Images of a batch as the user said, or 0 for as many as suit the network. */
  private final int said;

  private final int threads;
  private transient ProgramKey key;
  private transient ProgramCache.Lease<CamProgram> lease;
  private transient Preprocessing preprocessing;
  private transient int batchSize;
  private transient List<Waiting> batch;

  /** An image that waits for its batch, with what its result must keep. */
  private record Waiting(
      KV<String, LiveImage> image,
      RgbImage crop,
      int target,
      Instant timestamp,
      BoundedWindow window) {}

  CamFn(ExplainImages explain, ExplainImages.Variant variant) {
    this.packed = Packed.of(variant.key());
    this.model = explain.getModel().id();
    this.label = variant.label();
    this.isReference = variant.isReference();
    this.draws = variant.draws();
    this.mode = explain.getTarget();
    this.said = explain.getBatchSize().orElse(0);
    this.threads = explain.getThreads();
  }

  /** Compiles the program before images come. */
  @Setup
  public void setup() throws IOException {
    batch = new ArrayList<>();
    key = packed.open();
    try (OpenModel model = key.model().open()) {
      preprocessing = model.preprocessing();
      // A native result's last bits depend on the batch's size, and statistics of a single image
      // make much of them: in training mode each is explained by itself, whatever the batch size.
      boolean deployed = model.execution().mode().equals(Mode.EVAL);
      batchSize = deployed ? (said > 0 ? said : Batches.fitting(model, key.arithmetic())) : 1;
    }
    lease = ProgramCache.cam(key);
  }

  /** Takes an image; a full batch is explained at once. */
  @ProcessElement
  public void process(ProcessContext c, BoundedWindow window) {
    LiveImage live = c.element().getValue();
    OptionalInt target = target(live);
    if (live.picture().isEmpty()) {
      c.output(c.element());
    } else if (target.isEmpty()) {
      // Said once for the model, and not again for each of its precisions.
      c.output(isReference ? reject(c.element(), "the image has no label") : c.element());
    } else {
      RgbImage crop = live.picture().get().crop(preprocessing);
      batch.add(new Waiting(c.element(), crop, target.getAsInt(), c.timestamp(), window));
    }
    if (batch.size() == batchSize) {
      // Each image keeps the timestamp and window of its own, not of the one that filled the batch.
      flush(
          (image, w) ->
              c.outputWindowedValue(image, w.timestamp(), List.of(w.window()), PaneInfo.NO_FIRING));
    }
  }

  /** Explains the images left over. */
  @FinishBundle
  public void finishBundle(FinishBundleContext c) {
    flush((image, w) -> c.output(image, w.timestamp(), w.window()));
  }

  /** Lets go of the program. */
  @Teardown
  public void teardown() {
    if (lease != null) {
      lease.close();
    }
  }

  @FunctionalInterface
  private interface Receiver {
    void output(KV<String, LiveImage> image, Waiting waiting);
  }

  /**
   * The class to explain; none if it is not known, because the image has no label, or because f32
   * failed whose answer is to be explained.
   */
  private OptionalInt target(LiveImage live) {
    return switch (mode) {
      case LABEL -> live.maps().label();
      case OWN -> OptionalInt.of(CamProgram.OWN_CLASS);
      case REFERENCE -> {
        if (isReference) {
          yield OptionalInt.of(CamProgram.OWN_CLASS);
        }
        Optional<CamMap> f32 = live.maps().cam(model, Configuration.F32.name());
        yield f32.isPresent() ? OptionalInt.of(f32.get().explainedClass()) : OptionalInt.empty();
      }
    };
  }

  private void flush(Receiver out) {
    if (batch.isEmpty()) {
      return;
    }
    List<Waiting> waiting = List.copyOf(batch);
    batch.clear();
    List<KV<String, LiveImage>> explained = explainOrReject(waiting);
    // Nothing is handed on where exceptions are caught: what fails later is not this image's fault.
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
      // One image may have spoilt the batch: each is tried by itself.
      List<KV<String, LiveImage>> each = new ArrayList<>();
      waiting.forEach(one -> each.addAll(explainOrReject(List.of(one))));
      return each;
    }
  }

  private List<KV<String, LiveImage>> explain(List<Waiting> waiting) {
    long start = System.nanoTime();
    List<RgbImage> images = new ArrayList<>();
    List<RandomKey> draws = new ArrayList<>();
    int[] targets = new int[batchSize];
    for (int i = 0; i < targets.length; i++) {
      Waiting w = waiting.get(Math.min(i, waiting.size() - 1));
      images.add(w.crop());
      draws.add(new RandomKey(w.image().getKey(), this.draws));
      targets[i] = w.target();
    }
    List<Explanation> explanations = lease.program().run(images, targets, draws, threads);
    long elapsed = (System.nanoTime() - start) / 1000 / waiting.size();
    List<KV<String, LiveImage>> explained = new ArrayList<>();
    for (int i = 0; i < waiting.size(); i++) {
      KV<String, LiveImage> image = waiting.get(i).image();
      Explanation e = explanations.get(i);
      Optional<String> problem = e.problem();
      if (problem.isPresent()) {
        explained.add(reject(image, problem.get()));
      } else {
        LiveImage live = image.getValue();
        explained.add(KV.of(image.getKey(), live.with(live.maps().with(map(e)))));
        computed.inc();
        clipped.inc(e.clipped() ? 1 : 0);
        millis.update(Math.round(elapsed / 1000.0));
      }
    }
    return explained;
  }

  private KV<String, LiveImage> reject(KV<String, LiveImage> image, Exception problem) {
    return add(image, Reject.of(image.getKey(), stage(), model, problem));
  }

  private KV<String, LiveImage> reject(KV<String, LiveImage> image, String reason) {
    return add(image, Reject.of(image.getKey(), stage(), model, reason));
  }

  private KV<String, LiveImage> add(KV<String, LiveImage> image, Reject reject) {
    rejected.inc();
    LiveImage live = image.getValue();
    return KV.of(image.getKey(), live.with(live.maps().with(reject)));
  }

  private String stage() {
    return "cam " + label;
  }

  private CamMap map(Explanation e) {
    int top = e.topClass();
    return new CamMap(
        model,
        label,
        preprocessing.framing(),
        top,
        e.probability(top),
        e.explained(),
        e.clipped(),
        e.cam(),
        Fidelity.UNKNOWN);
  }
}
