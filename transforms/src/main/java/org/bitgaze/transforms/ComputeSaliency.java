package org.bitgaze.transforms;

import java.io.IOException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.saliency.Saliency;

/**
 * Computes a visual saliency map of each image. An image without one goes to {@link #REJECTS}; its
 * class activation maps are still compared with each other.
 */
public final class ComputeSaliency
    extends PTransform<PCollection<KV<String, RgbImage>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** Saliency maps, by key. */
  public static final TupleTag<KV<String, Heatmap>> MAPS = new TupleTag<>("saliency") {};

  /** Images for which there is no map. */
  public static final TupleTag<Reject> REJECTS = new TupleTag<>("saliencyRejects") {};

  private final SaliencySource source;

  private ComputeSaliency(SaliencySource source) {
    this.source = source;
  }

  /**
   * Returns the transform.
   *
   * @param source which maps
   * @return a transform with the outputs {@link #MAPS} and {@link #REJECTS}
   */
  public static ComputeSaliency from(SaliencySource source) {
    return new ComputeSaliency(source);
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, RgbImage>> images) {
    PCollectionTuple out =
        images.apply(
            "Saliency",
            ParDo.of(new SaliencyFn(source)).withOutputTags(MAPS, TupleTagList.of(REJECTS)));
    out.get(MAPS).setCoder(KvCoder.of(StringUtf8Coder.of(), HeatmapCoder.of()));
    return out;
  }

  private static final class SaliencyFn extends DoFn<KV<String, RgbImage>, KV<String, Heatmap>> {
    private static final long serialVersionUID = 1L;
    private final Distribution millis =
        Metrics.distribution(MetricNames.NAMESPACE, MetricNames.SALIENCY_MILLIS);
    private final SaliencySource source;
    private transient Saliency saliency;

    SaliencyFn(SaliencySource source) {
      this.source = source;
    }

    @Setup
    public void setup() {
      saliency = source.create();
    }

    @ProcessElement
    public void process(@Element KV<String, RgbImage> image, MultiOutputReceiver out) {
      long start = System.nanoTime();
      try {
        Heatmap map = saliency.map(image.getKey(), image.getValue());
        out.get(MAPS).output(KV.of(image.getKey(), map));
        millis.update((System.nanoTime() - start) / 1_000_000);
      } catch (IOException e) {
        out.get(REJECTS).output(Reject.of(image.getKey(), e.getMessage()));
      }
    }
  }
}
