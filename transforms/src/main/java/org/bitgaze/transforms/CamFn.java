package org.bitgaze.transforms;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.bitgaze.image.RgbImage;
import org.bitgaze.program.CamProgram;
import org.bitgaze.program.Explanation;
import org.bitgaze.program.ProgramKey;
import org.bitgaze.program.Programs;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.joda.time.Instant;

/**
 * Runs one network at one precision. The native result of an image may differ in its last bits with
 * the size of the batch, so every batch is filled up to the same size: the rows then do not depend
 * on how a runner bundles the images.
 */
final class CamFn extends DoFn<KV<String, TargetedImage>, KV<String, CamMap>> {
  private static final long serialVersionUID = 1L;

  /** The maps. */
  static final TupleTag<KV<String, CamMap>> MAPS = new TupleTag<>("cams") {};

  /** From f32 only: the images again, each with the class that was explained. */
  static final TupleTag<KV<String, TargetedImage>> EXPLAINED = new TupleTag<>("explained") {};

  private final Counter computed = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MAPS);
  private final Distribution millis =
      Metrics.distribution(MetricNames.NAMESPACE, MetricNames.CAM_MILLIS);

  private final ExplainOptions options;
  private final Precision precision;
  private final boolean ownTarget;
  @Nullable private final PCollectionView<Map<String, Range>> ranges;
  private transient ProgramKey key;
  private transient Programs.Lease<CamProgram> lease;
  private transient List<Waiting> batch;

  private record Waiting(
      KV<String, TargetedImage> element, Instant timestamp, BoundedWindow window) {}

  /**
   * Creates the function.
   *
   * @param options the network and how it is explained
   * @param precision the precision
   * @param ownTarget whether to explain this precision's own top-1 whatever the image's target is
   * @param ranges ranges for static quantization; null for f32 and dynamic ranges
   */
  CamFn(
      ExplainOptions options,
      Precision precision,
      boolean ownTarget,
      @Nullable PCollectionView<Map<String, Range>> ranges) {
    this.options = options;
    this.precision = precision;
    this.ownTarget = ownTarget;
    this.ranges = ranges;
  }

  /** Compiles the program before the first image, unless it waits for ranges. */
  @Setup
  public void setup() throws IOException {
    batch = new ArrayList<>();
    if (ranges == null) {
      load(new Quantization(precision, null));
    }
  }

  /** Takes an image; a full batch is explained at once. */
  @ProcessElement
  public void process(ProcessContext c, BoundedWindow window) throws IOException {
    if (ranges != null) {
      load(new Quantization(precision, c.sideInput(ranges)));
    }
    batch.add(new Waiting(c.element(), c.timestamp(), window));
    if (batch.size() == options.batchSize()) {
      flush(
          new Receiver() {
            @Override
            public <T> void output(TupleTag<T> tag, T value, Waiting source) {
              // Each map keeps the timestamp and window of its own image, not of the one that
              // filled the batch.
              c.outputWindowedValue(
                  tag, value, source.timestamp(), List.of(source.window()), PaneInfo.NO_FIRING);
            }
          });
    }
  }

  /** Explains the images left over. */
  @FinishBundle
  public void finishBundle(FinishBundleContext c) {
    flush(
        new Receiver() {
          @Override
          public <T> void output(TupleTag<T> tag, T value, Waiting source) {
            c.output(tag, value, source.timestamp(), source.window());
          }
        });
  }

  /** Lets go of the program. */
  @Teardown
  public void teardown() {
    if (lease != null) {
      lease.close();
    }
  }

  private interface Receiver {
    <T> void output(TupleTag<T> tag, T value, Waiting source);
  }

  private void load(Quantization quantization) throws IOException {
    ProgramKey wanted =
        new ProgramKey(options.model(), quantization, options.targetLayer(), options.cam());
    if (!wanted.equals(key)) {
      if (lease != null) {
        lease.close();
      }
      lease = Programs.cam(wanted);
      key = wanted;
    }
  }

  private void flush(Receiver out) {
    if (batch.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    List<RgbImage> images = new ArrayList<>();
    int[] targets = new int[options.batchSize()];
    for (int i = 0; i < targets.length; i++) {
      TargetedImage image = batch.get(Math.min(i, batch.size() - 1)).element().getValue();
      images.add(image.image());
      targets[i] = ownTarget ? CamProgram.OWN_CLASS : image.target();
    }
    List<Explanation> explanations =
        lease.program().run(images, targets, options.threadsPerWorker());
    for (int i = 0; i < batch.size(); i++) {
      Waiting source = batch.get(i);
      String image = source.element().getKey();
      Explanation e = explanations.get(i);
      out.output(MAPS, KV.of(image, toCamMap(e)), source);
      if (precision.isFloat()) {
        out.output(
            EXPLAINED, KV.of(image, new TargetedImage(images.get(i), e.explained())), source);
      }
    }
    computed.inc(batch.size());
    long elapsed = (System.nanoTime() - start) / 1_000_000;
    for (int i = 0; i < batch.size(); i++) {
      millis.update(elapsed / batch.size());
    }
    batch.clear();
  }

  private CamMap toCamMap(Explanation e) {
    int top = e.topClass();
    return new CamMap(
        options.model().architecture(),
        precision.toString(),
        top,
        e.probability(top),
        e.explained(),
        e.cam());
  }
}
