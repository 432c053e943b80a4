package org.bitgaze.transforms;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.quant.Configuration;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.Explanation;
import org.bitgaze.torch.ProgramCache;
import org.bitgaze.torch.SweepKey;
import org.bitgaze.torch.SweepProgram;
import org.bitgaze.torch.SweepResult;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;

/** Runs one model in all configurations, image by image. */
final class SweepFn extends DoFn<KV<String, LiveImage>, KV<String, LiveImage>> {
  private static final long serialVersionUID = 1L;
  private static final String STAGE = "cam ";

  private final Counter computed = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MAPS);
  private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
  private final Distribution millis =
      Metrics.distribution(MetricNames.NAMESPACE, MetricNames.CAM_MILLIS);

  private final Packed<Sweep> packed;
  private final ExplainedClass mode;
  private final int threads;
  private transient Sweep sweep;
  private transient ProgramCache.Lease<SweepProgram> lease;
  private transient Preprocessing preprocessing;

  /** The program, and what it is told. */
  private record Sweep(SweepKey key, List<Configuration> configurations) implements Serializable {
    private static final long serialVersionUID = 1L;

    String model() {
      return key.model().id();
    }
  }

  SweepFn(ExplainImages explain) {
    this.packed =
        Packed.of(new Sweep(explain.sweepKey(), new ArrayList<>(explain.getConfigurations())));
    this.mode = explain.getTarget();
    this.threads = explain.getThreads();
  }

  /** Compiles the program before images come. */
  @Setup
  public void setup() throws IOException {
    sweep = packed.open();
    preprocessing = sweep.key().model().preprocessing();
    lease = ProgramCache.sweep(sweep.key());
  }

  /** Explains an image. */
  @ProcessElement
  public void process(
      @Element KV<String, LiveImage> image, OutputReceiver<KV<String, LiveImage>> out) {
    LiveImage live = image.getValue();
    // Nothing is handed on where exceptions are caught: what fails later is not this image's fault.
    out.output(
        live.picture().isEmpty()
            ? image
            : KV.of(image.getKey(), live.with(explainOrReject(image.getKey(), live))));
  }

  /** Lets go of the program. */
  @Teardown
  public void teardown() {
    if (lease != null) {
      lease.close();
    }
  }

  private ImageMaps explainOrReject(String key, LiveImage live) {
    OptionalInt target =
        mode == ExplainedClass.LABEL ? live.maps().label() : OptionalInt.of(CamProgram.OWN_CLASS);
    if (target.isEmpty()) {
      return reject(live.maps(), key, Configuration.F32, "the image has no label");
    }
    try {
      return explain(key, live, target.getAsInt());
    } catch (RuntimeException e) {
      NativeMemory.check(e);
      rejected.inc();
      return live.maps().with(Reject.of(key, STAGE + Configuration.F32, sweep.model(), e));
    }
  }

  private ImageMaps explain(String key, LiveImage live, int target) {
    long start = System.nanoTime();
    List<Configuration> configurations = sweep.configurations();
    List<SweepResult> all =
        lease
            .program()
            .run(
                List.of(live.picture().orElseThrow().crop(preprocessing)),
                new int[] {target},
                configurations,
                threads)
            .get(0);
    long each = Math.round((System.nanoTime() - start) / 1e6 / all.size());
    ImageMaps maps = live.maps();
    for (int i = 0; i < all.size(); i++) {
      Optional<String> problem = all.get(i).explanation().problem();
      if (problem.isPresent()) {
        maps = reject(maps, key, configurations.get(i), problem.get());
      } else {
        maps = maps.with(map(configurations.get(i), all.get(i)));
        computed.inc();
        millis.update(each);
      }
    }
    return maps;
  }

  private ImageMaps reject(ImageMaps maps, String key, Configuration what, String reason) {
    rejected.inc();
    return maps.with(Reject.of(key, STAGE + what, sweep.model(), reason));
  }

  private CamMap map(Configuration configuration, SweepResult swept) {
    Explanation e = swept.explanation();
    int top = e.topClass();
    return new CamMap(
        sweep.model(),
        configuration.name(),
        preprocessing.framing(),
        top,
        e.probability(top),
        e.explained(),
        e.clipped(),
        e.cam(),
        swept.fidelity());
  }
}
