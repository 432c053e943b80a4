package org.bitgaze.transforms;

import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.bitgaze.scene.Scene;

/**
 * Synthetic images, made inside the job, by key: any number, from no data.
 *
 * <pre>{@code
 * pipeline.apply(Scenes.read(10_000, 7)).apply(DecodeImages.scenes());
 * }</pre>
 */
public final class Scenes extends PTransform<PBegin, PCollection<KV<String, Scene>>> {
  private static final long serialVersionUID = 1L;
  private static final int BUNDLES = 64;

  private final long count;
  private final long seed;
  private final int bundles;

  private Scenes(long count, long seed, int bundles) {
    this.count = count;
    this.seed = seed;
    this.bundles = bundles;
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
    return new Scenes(count, seed, BUNDLES);
  }

  /**
   * Chooses how finely the scenes are spread over workers, see {@link MatchImages#inBundles}.
   *
   * @param number how many groups of scenes are made
   * @return the same source with another number
   */
  public Scenes inBundles(int number) {
    return new Scenes(count, seed, number);
  }

  /**
   * Returns the scenes' classes. The view holds them all: some hundred megabytes for a million.
   *
   * @return image key to class index
   */
  public PTransform<PBegin, PCollectionView<Map<String, Integer>>> labels() {
    return new Labels(this);
  }

  @Override
  public PCollection<KV<String, Scene>> expand(PBegin begin) {
    return begin
        .apply("Numbers", GenerateSequence.from(0).to(count))
        // The direct runner reads all numbers in one bundle; it would hold all pictures at once.
        .apply("Spread", Reshuffle.<Long>viaRandomKey().withNumBuckets(bundles))
        .apply("Scene", ParDo.of(new SceneFn(seed)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), SceneCoder.of()));
  }

  private static final class SceneFn extends DoFn<Long, KV<String, Scene>> {
    private static final long serialVersionUID = 1L;
    private final Counter matched = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MATCHED);
    private final long seed;

    SceneFn(long seed) {
      this.seed = seed;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<String, Scene>> out) {
      Scene scene = Scene.of(seed, number);
      matched.inc();
      out.output(KV.of(scene.key(), scene));
    }
  }

  private static final class Labels
      extends PTransform<PBegin, PCollectionView<Map<String, Integer>>> {
    private static final long serialVersionUID = 1L;
    private final Scenes scenes;

    Labels(Scenes scenes) {
      this.scenes = scenes;
    }

    @Override
    public PCollectionView<Map<String, Integer>> expand(PBegin begin) {
      long seed = scenes.seed;
      return begin
          .apply("Numbers", GenerateSequence.from(0).to(scenes.count))
          .apply(
              "Label",
              MapElements.into(
                      TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.integers()))
                  .via(
                      number -> {
                        Scene scene = Scene.of(seed, number);
                        return KV.of(scene.key(), scene.label().index());
                      }))
          .apply("View", View.asMap());
    }
  }
}
