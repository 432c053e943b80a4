package org.bitgaze.transforms;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Mask;
import org.bitgaze.model.Model;
import org.bitgaze.saliency.PrecomputedMaps;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMask;

/**
 * Reads masks that lie in a folder under the images' keys, white where the object is, see {@link
 * PrecomputedMaps}; what networks see is cut out. Takes images by key, of which only the keys
 * matter; yields {@link #MASKS}, and {@link #REJECTS} for images that have none.
 *
 * @param <T> what the images are read from
 */
public final class ReadMasks<T> extends PTransform<PCollection<KV<String, T>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** Masks by image key, one for each part of the image that networks see. */
  public static final TupleTag<KV<String, SeenMask>> MASKS = new TupleTag<>("masks") {};

  /** Images whose mask is missing or cannot be read. */
  public static final TupleTag<Reject> REJECTS = new TupleTag<>("rejects") {};

  /** {@link Reject#getStage} of such an image. */
  public static final String STAGE = "mask";

  private final String folder;
  private final List<Model> models;

  private ReadMasks(String folder, List<Model> models) {
    this.folder = folder;
    this.models = List.copyOf(models);
  }

  /**
   * Reads masks.
   *
   * @param folder which every worker can read
   * @param models what these networks see is cut out
   * @param <T> what the images are read from
   * @return the transform
   */
  public static <T> ReadMasks<T> in(String folder, List<Model> models) {
    return new ReadMasks<>(folder, models);
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, T>> images) {
    return images.apply(
        "Read",
        ParDo.of(new ReadFn<T>(folder, models)).withOutputTags(MASKS, TupleTagList.of(REJECTS)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("folder", folder));
  }

  private static final class ReadFn<T> extends DoFn<KV<String, T>, KV<String, SeenMask>> {
    private static final long serialVersionUID = 1L;
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
    private final String folder;
    private final SeenCrops crops;
    private transient PrecomputedMaps masks;

    ReadFn(String folder, List<Model> models) {
      this.folder = folder;
      this.crops = new SeenCrops(models);
    }

    @Setup
    public void setup() throws IOException {
      crops.setup();
      masks = new PrecomputedMaps(Path.of(folder), STAGE);
    }

    @ProcessElement
    public void process(@Element KV<String, T> image, MultiOutputReceiver out) {
      String key = image.getKey();
      List<SeenMask> found = new ArrayList<>();
      Optional<Reject> failed = Optional.empty();
      try {
        for (Framing crop : crops.get()) {
          found.add(new SeenMask(crop, Mask.of(masks.image(key, crop))));
        }
      } catch (IOException | RuntimeException e) {
        rejected.inc();
        failed = Optional.of(Reject.of(key, STAGE, "", e));
      }
      // Nothing is handed on where exceptions are caught: what fails later is not this image's
      // fault.
      found.forEach(mask -> out.get(MASKS).output(KV.of(key, mask)));
      failed.ifPresent(out.get(REJECTS)::output);
    }
  }
}
