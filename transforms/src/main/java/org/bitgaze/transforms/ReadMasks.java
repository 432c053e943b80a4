package org.bitgaze.transforms;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
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
import org.bitgaze.image.DecodingMemory;
import org.bitgaze.image.Framing;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.ImageFormatException;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.Mask;
import org.bitgaze.image.MaskValues;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.saliency.PrecomputedMaps;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMask;

/**
 * Reads masks from a folder, in which their names are the images' keys, see {@link
 * PrecomputedMaps}. {@link MaskValues} decides which values of a mask are the object. Masks are
 * cropped to what the networks see. Takes images by key; yields {@link #MASKS}, and {@link
 * #REJECTS} for images whose mask is missing, ambiguous or empty, or has other proportions than the
 * image.
 *
 * @param <T> what the images are read from
 */
public final class ReadMasks<T> extends PTransform<PCollection<KV<String, T>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** Masks by image key, one for each part of the image that networks see. */
  public static final TupleTag<KV<String, SeenMask>> MASKS = new TupleTag<>("masks") {};

  /** Images whose mask is missing or cannot be used. */
  public static final TupleTag<Reject> REJECTS = new TupleTag<>("rejects") {};

  /** {@link Reject#getStage} of such an image. */
  public static final String STAGE = "mask";

  /**
   * Looks up an image's size.
   *
   * @param <T> what the image is read from
   */
  @FunctionalInterface
  public interface Sizes<T> extends Serializable {
    /**
     * Returns the size.
     *
     * @param source what the image is read from
     * @return its size; empty if it cannot be told
     * @throws IOException if it cannot be read
     */
    Optional<ImageSize> of(T source) throws IOException;
  }

  private final String folder;
  private final List<Model> models;
  private final MaskValues values;
  private final Sizes<T> sizes;

  private ReadMasks(String folder, List<Model> models, MaskValues values, Sizes<T> sizes) {
    this.folder = folder;
    this.models = List.copyOf(models);
    this.values = values;
    this.sizes = sizes;
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
    return new ReadMasks<>(folder, models, MaskValues.AUTO, source -> Optional.empty());
  }

  /**
   * Says which values are the object.
   *
   * @param chosen instead of {@link MaskValues#AUTO}
   * @return a new transform
   */
  public ReadMasks<T> withValues(MaskValues chosen) {
    return new ReadMasks<>(folder, models, chosen, sizes);
  }

  /**
   * Compares each mask's size with its image's.
   *
   * @param lookup tells an image's size
   * @return a new transform
   */
  public ReadMasks<T> withSizes(Sizes<T> lookup) {
    return new ReadMasks<>(folder, models, values, lookup);
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, T>> images) {
    return images.apply(
        "Read", ParDo.of(new ReadFn<>(this)).withOutputTags(MASKS, TupleTagList.of(REJECTS)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("folder", folder))
        .add(DisplayData.item("values", values.toString()));
  }

  private static final class ReadFn<T> extends DoFn<KV<String, T>, KV<String, SeenMask>> {
    private static final long serialVersionUID = 1L;
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
    private final Counter unusable =
        Metrics.counter(MetricNames.NAMESPACE, MetricNames.UNUSABLE_MASKS);
    private final ReadMasks<T> masks;
    private final SeenCrops crops;
    private transient PrecomputedMaps files;

    ReadFn(ReadMasks<T> masks) {
      this.masks = masks;
      this.crops = new SeenCrops(masks.models);
    }

    @Setup
    public void setup() throws IOException {
      crops.setup();
      files = new PrecomputedMaps(Path.of(masks.folder), STAGE);
    }

    @ProcessElement
    public void process(@Element KV<String, T> image, MultiOutputReceiver out) {
      String key = image.getKey();
      List<SeenMask> found = new ArrayList<>();
      Optional<Reject> failed = Optional.empty();
      try (DecodingMemory memory = DecodingMemory.open()) {
        RgbImage whole = read(key, image.getValue());
        for (Framing crop : crops.get()) {
          Mask seen = Mask.of(crop.apply(whole, Interpolation.BILINEAR));
          found.add(new SeenMask(crop, seen));
          if (seen.bits().isEmpty()) {
            failed =
                Optional.of(
                    Reject.of(key, STAGE, "", "the object is outside of what the networks see"));
          }
        }
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (IOException | RuntimeException | Error e) {
        failed = Optional.of(Reject.of(key, STAGE, "", e));
      }
      if (failed.isPresent()) {
        rejected.inc();
        unusable.inc();
      }
      // Nothing is handed on where exceptions are caught: what fails later is not this image's
      // fault.
      found.forEach(mask -> out.get(MASKS).output(KV.of(key, mask)));
      failed.ifPresent(out.get(REJECTS)::output);
    }

    private RgbImage read(String key, T source) throws IOException {
      Path file = files.find(key);
      try {
        RgbImage mask = masks.values.read(bytes(file));
        Optional<ImageSize> image = masks.sizes.of(source);
        if (image.isPresent()) {
          requireFit(new ImageSize(mask.width(), mask.height()), image.get());
        }
        return mask;
      } catch (ImageFormatException e) {
        throw new ImageFormatException(file + ": " + e.getMessage());
      }
    }

    private static byte[] bytes(Path file) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        return ImageDecoder.read(in);
      }
    }

    private void requireFit(ImageSize mask, ImageSize image) throws ImageFormatException {
      if (!mask.hasProportionsOf(image)) {
        throw new ImageFormatException(
            "the mask has " + mask + " pixels, but its image " + image + ": other proportions");
      }
      for (Framing crop : crops.get()) {
        ImageSize seen = new ImageSize(crop.width(), crop.height());
        if (mask.equals(seen) && !image.equals(seen)) {
          throw new ImageFormatException(
              "the mask has "
                  + mask
                  + " pixels, as the crop that networks see, but its image "
                  + image
                  + ": masks must show the whole image, in its size or scaled");
        }
      }
    }
  }
}
