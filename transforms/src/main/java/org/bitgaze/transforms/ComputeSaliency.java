package org.bitgaze.transforms;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.saliency.Saliency;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMap;

/**
 * Adds a visual saliency map to each image, one for each part of it that networks see. An image
 * without one gets a {@link Reject}; its class activation maps are still compared with each other.
 */
public final class ComputeSaliency
    extends PTransform<PCollection<KV<String, LiveImage>>, PCollection<KV<String, LiveImage>>> {
  private static final long serialVersionUID = 1L;

  /** {@link Reject#getStage} of an image that has no map. */
  public static final String STAGE = "saliency";

  private final SaliencyMethod.Choice choice;

  private ComputeSaliency(SaliencyMethod.Choice choice) {
    this.choice = choice;
  }

  /**
   * Computes maps.
   *
   * @param choice how
   * @return the transform
   */
  public static ComputeSaliency by(SaliencyMethod.Choice choice) {
    return new ComputeSaliency(choice);
  }

  /**
   * Computes maps.
   *
   * @param choice what {@link SaliencyMethod#parse} reads, such as {@code spectral-residual}
   * @return the transform
   * @throws IllegalArgumentException if there is no such method
   */
  public static ComputeSaliency by(String choice) {
    return by(SaliencyMethod.parse(choice));
  }

  @Override
  public PCollection<KV<String, LiveImage>> expand(PCollection<KV<String, LiveImage>> images) {
    return images.apply("Saliency", ParDo.of(new SaliencyFn(choice)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("method", choice.toString()));
  }

  private static final class SaliencyFn extends DoFn<KV<String, LiveImage>, KV<String, LiveImage>> {
    private static final long serialVersionUID = 1L;
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTED);
    private final Distribution millis =
        Metrics.distribution(MetricNames.NAMESPACE, MetricNames.SALIENCY_MILLIS);
    private final SaliencyMethod.Choice choice;
    private transient Saliency saliency;

    SaliencyFn(SaliencyMethod.Choice choice) {
      this.choice = choice;
    }

    @Setup
    public void setup() {
      saliency = choice.create();
    }

    @ProcessElement
    public void process(
        @Element KV<String, LiveImage> image, OutputReceiver<KV<String, LiveImage>> out) {
      LiveImage live = image.getValue();
      out.output(
          live.picture().isEmpty()
              ? image
              : KV.of(image.getKey(), live.with(find(image.getKey(), live))));
    }

    private ImageMaps find(String key, LiveImage live) {
      long start = System.nanoTime();
      Picture picture = live.picture().orElseThrow();
      ImageMaps maps = live.maps();
      try {
        for (Preprocessing seen : distinct(picture).values()) {
          maps = maps.with(new SeenMap(seen.framing(), saliency.map(key, picture, seen)));
        }
        millis.update((System.nanoTime() - start) / 1_000_000);
        return maps;
      } catch (IOException | RuntimeException e) {
        rejected.inc();
        return live.maps().with(Reject.of(key, STAGE, "", e));
      }
    }

    /** What shows the same part of the image needs one map only. */
    private static Map<Framing, Preprocessing> distinct(Picture picture) {
      Map<Framing, Preprocessing> seen = new LinkedHashMap<>();
      picture.crops().keySet().forEach(p -> seen.putIfAbsent(p.framing(), p));
      return seen;
    }
  }
}
