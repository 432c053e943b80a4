package org.bitgaze.transforms;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
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
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Picture;
import org.bitgaze.measure.Reference;
import org.bitgaze.saliency.Saliency;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMap;

/**
 * Adds visual saliency maps to each image: by each method, one for each part of it that networks
 * see. An image without one gets a {@link Reject}; its class activation maps are still compared
 * with the others, and with each other.
 *
 * <p>Methods that look at whole images find them only where {@link DecodeImages#withSaliency} was
 * told to keep them.
 */
public final class ComputeSaliency
    extends PTransform<PCollection<KV<String, LiveImage>>, PCollection<KV<String, LiveImage>>> {
  private static final long serialVersionUID = 1L;

  private final List<SaliencyMethod.Choice> choices;

  private ComputeSaliency(List<SaliencyMethod.Choice> choices) {
    this.choices = List.copyOf(choices);
  }

  /**
   * Computes maps.
   *
   * @param choices how, of different methods
   * @return the transform
   */
  public static ComputeSaliency by(List<SaliencyMethod.Choice> choices) {
    return new ComputeSaliency(choices);
  }

  /**
   * Computes maps.
   *
   * @param choices what {@link SaliencyMethod#parse} reads, such as {@code spectral-residual}
   * @return the transform
   * @throws IllegalArgumentException if there is no such method, or one is named twice
   */
  public static ComputeSaliency by(String... choices) {
    return by(SaliencyMethod.parseAll(List.of(choices)));
  }

  /**
   * Names the stage of a method's rejects.
   *
   * @param method the method
   * @return {@link Reject#getStage} of an image that has no map by it
   */
  static String stage(Reference method) {
    return "saliency " + method.id();
  }

  @Override
  public PCollection<KV<String, LiveImage>> expand(PCollection<KV<String, LiveImage>> images) {
    return images.apply("Saliency", ParDo.of(new SaliencyFn(choices)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("methods", choices.toString()));
  }

  private static final class SaliencyFn extends DoFn<KV<String, LiveImage>, KV<String, LiveImage>> {
    private static final long serialVersionUID = 1L;
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
    private final Distribution millis =
        Metrics.distribution(MetricNames.NAMESPACE, MetricNames.SALIENCY_MILLIS);
    private final List<SaliencyMethod.Choice> choices;
    private transient Map<Reference, Saliency> methods;

    SaliencyFn(List<SaliencyMethod.Choice> choices) {
      this.choices = choices;
    }

    @Setup
    public void setup() throws IOException {
      methods = new LinkedHashMap<>();
      for (SaliencyMethod.Choice choice : choices) {
        methods.put(choice.method().reference(), choice.create());
      }
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

    /** Lets go of the methods' programs. */
    @Teardown
    public void teardown() {
      if (methods != null) {
        methods.values().forEach(Saliency::close);
      }
    }

    private ImageMaps find(String key, LiveImage live) {
      long start = System.nanoTime();
      Picture picture = live.picture().orElseThrow();
      ImageMaps maps = live.maps();
      for (Map.Entry<Reference, Saliency> method : methods.entrySet()) {
        try {
          Map<Framing, MapPart> found = method.getValue().maps(key, picture);
          for (Map.Entry<Framing, MapPart> seen : found.entrySet()) {
            maps = maps.with(new SeenMap(method.getKey(), seen.getKey(), seen.getValue()));
          }
        } catch (OutOfMemoryError e) {
          throw e;
        } catch (IOException | RuntimeException | Error e) {
          rejected.inc();
          maps = maps.with(Reject.of(key, stage(method.getKey()), "", e));
        }
      }
      millis.update((System.nanoTime() - start) / 1_000_000);
      return maps;
    }
  }
}
