package org.bitgaze.transforms;

import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.scene.Scene;

/**
 * Synthetic images, made inside the job, by key: any number, from no data.
 *
 * <pre>{@code
 * pipeline.apply(Scenes.read(10_000, 7)).apply(Audit.scenes().withModels(model));
 * }</pre>
 */
public final class Scenes extends PTransform<PBegin, PCollection<KV<String, Scene>>> {
  private static final long serialVersionUID = 1L;

  private final long count;
  private final long seed;
  private final SpreadKeys<Scene> spreading;
  private final boolean counted;

  private Scenes(long count, long seed, SpreadKeys<Scene> spreading, boolean counted) {
    this.count = count;
    this.seed = seed;
    this.spreading = spreading;
    this.counted = counted;
  }

  /**
   * Returns the source.
   *
   * @param count how many scenes, at least 1
   * @param seed which series
   * @return scenes number 0 to count - 1
   */
  public static Scenes read(long count, long seed) {
    if (count < 1) {
      throw new IllegalArgumentException(count + " scenes are none");
    }
    return new Scenes(count, seed, SpreadKeys.create(), true);
  }

  /**
   * Chooses how the scenes are spread over workers.
   *
   * @return a new source
   */
  public Scenes withSpreading(SpreadKeys.Strategy strategy) {
    return new Scenes(count, seed, spreading.withStrategy(strategy), counted);
  }

  /**
   * Lists the keys of all scenes, in this process.
   *
   * @param keys takes each
   */
  public void keys(Consumer<String> keys) {
    LongStream.range(0, count).forEach(number -> keys.accept(Scene.of(seed, number).key()));
  }

  /**
   * Counts some of the scenes, in this process.
   *
   * @param filter selects scenes by key
   * @return the number of selected scenes
   */
  public long count(Predicate<String> filter) {
    return LongStream.range(0, count)
        .filter(number -> filter.test(Scene.of(seed, number).key()))
        .count();
  }

  /**
   * Reports no metrics, for scenes that are made a second time.
   *
   * @return a new source
   */
  public Scenes uncounted() {
    return new Scenes(count, seed, spreading, false);
  }

  @Override
  public PCollection<KV<String, Scene>> expand(PBegin begin) {
    return begin
        .apply("Numbers", GenerateSequence.from(0).to(count))
        .apply("Scene", ParDo.of(new SceneFn(seed, counted)))
        .apply("SpreadKeys", spreading);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("count", count)).add(DisplayData.item("seed", seed));
  }

  private static final class SceneFn extends DoFn<Long, KV<String, Scene>> {
    private static final long serialVersionUID = 1L;
    private final Counter matched = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MATCHED);
    private final long seed;
    private final boolean counted;

    SceneFn(long seed, boolean counted) {
      this.seed = seed;
      this.counted = counted;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<String, Scene>> out) {
      Scene scene = Scene.of(seed, number);
      if (counted) {
        matched.inc();
      }
      out.output(KV.of(scene.key(), scene));
    }
  }
}
