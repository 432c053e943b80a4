package org.bitgaze.transforms;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.image.DecodingMemory;
import org.bitgaze.image.Framing;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.Mask;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMask;

/**
 * Reads images and keeps what networks see of them. An image that cannot be read continues without
 * a picture, with a {@link Reject}; it does not fail the job.
 *
 * <p>The memory of decoded images is bounded for the whole process, see {@link DecodingMemory}.
 *
 * <pre>{@code
 * images.apply(
 *     DecodeImages.of(ImageReader.files()).withModels(List.of(model)).withSaliency("fastgaze"));
 * }</pre>
 *
 * @param <T> the type of an image's source
 */
public final class DecodeImages<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<String, LiveImage>>> {
  private static final long serialVersionUID = 1L;

  /** The {@link Reject#getStage} of an image that cannot be read. */
  public static final String STAGE = "decode";

  private final ImageReader<T> reader;
  private final Labeller<T> labeller;
  private final Masker<T> masker;
  private final List<Model> models;
  private final boolean whole;
  private final boolean counted;

  /**
   * Finds the label of an image.
   *
   * @param <T> the type of an image's source
   */
  @FunctionalInterface
  public interface Labeller<T> extends Serializable {
    /**
     * Returns the label.
     *
     * @param source the image's source
     * @return the class index, or a negative number if it is unknown
     */
    int label(T source);
  }

  /**
   * Finds the mask of an image's object.
   *
   * @param <T> the type of an image's source
   */
  @FunctionalInterface
  public interface Masker<T> extends Serializable {
    /**
     * Returns the mask.
     *
     * @param source the image's source
     * @return an image of the picture's size, white on the object; empty if there is no mask
     */
    Optional<RgbImage> mask(T source);
  }

  private DecodeImages(
      ImageReader<T> reader,
      Labeller<T> labeller,
      Masker<T> masker,
      List<Model> models,
      boolean whole,
      boolean counted) {
    this.reader = reader;
    this.labeller = labeller;
    this.masker = masker;
    this.models = List.copyOf(models);
    this.whole = whole;
    this.counted = counted;
  }

  /**
   * Reads images, and keeps the crop of {@link Preprocessing#IMAGENET}.
   *
   * @param reader reads one image
   * @param <T> the type of an image's source
   * @return the transform
   */
  public static <T> DecodeImages<T> of(ImageReader<T> reader) {
    return new DecodeImages<>(reader, s -> -1, s -> Optional.empty(), List.of(), false, true);
  }

  /**
   * Keeps the crops that models see.
   *
   * @param wanted the models; a worker asks each for its preprocessing when it starts
   * @return a new transform
   */
  public DecodeImages<T> withModels(List<Model> wanted) {
    return new DecodeImages<>(reader, labeller, masker, wanted, whole, counted);
  }

  /**
   * Keeps what saliency methods see, see {@link ComputeSaliency}.
   *
   * @param choices the methods
   * @return a new transform
   */
  public DecodeImages<T> withSaliency(List<SaliencyMethod.Choice> choices) {
    boolean wanted = choices.stream().anyMatch(c -> c.method().wantsWhole());
    return new DecodeImages<>(reader, labeller, masker, models, wanted, counted);
  }

  /**
   * Keeps what saliency methods see, see {@link ComputeSaliency}.
   *
   * @param choices the methods, as {@link SaliencyMethod#parse} reads them
   * @return a new transform
   * @throws IllegalArgumentException if a method is unknown or named twice
   */
  public DecodeImages<T> withSaliency(String... choices) {
    return withSaliency(SaliencyMethod.parseAll(List.of(choices)));
  }

  /**
   * Adds labels.
   *
   * @param by finds an image's label
   * @return a new transform
   */
  public DecodeImages<T> withLabeller(Labeller<T> by) {
    return new DecodeImages<>(reader, by, masker, models, whole, counted);
  }

  /**
   * Adds masks.
   *
   * @param by finds an image's mask
   * @return a new transform
   */
  public DecodeImages<T> withMasker(Masker<T> by) {
    return new DecodeImages<>(reader, labeller, by, models, whole, counted);
  }

  /** Reads images that were joined with their labels, see {@link JoinLabels}. */
  DecodeImages<KV<T, Integer>> labelled() {
    ImageReader<T> read = reader;
    Masker<T> mask = masker;
    return new DecodeImages<>(
        source -> read.read(source.getKey()),
        KV::getValue,
        source -> mask.mask(source.getKey()),
        models,
        whole,
        counted);
  }

  /** Reports no metrics: for images that are read a second time. */
  DecodeImages<T> uncounted() {
    return new DecodeImages<>(reader, labeller, masker, models, whole, false);
  }

  @Override
  public PCollection<KV<String, LiveImage>> expand(PCollection<KV<String, T>> sources) {
    return sources.apply("Read", ParDo.of(new DecodeFn<>(this)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    models.forEach(m -> builder.add(DisplayData.item("model " + m.id(), m.toString())));
  }

  private static final class DecodeFn<T> extends DoFn<KV<String, T>, KV<String, LiveImage>> {
    private static final long serialVersionUID = 1L;
    private final Counter decoded = Metrics.counter(MetricNames.NAMESPACE, MetricNames.DECODED);
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
    private final Counter unreadable =
        Metrics.counter(MetricNames.NAMESPACE, MetricNames.UNREADABLE);
    private final Distribution millis =
        Metrics.distribution(MetricNames.NAMESPACE, MetricNames.DECODE_MILLIS);
    private final Packed<DecodeImages<T>> packed;
    private transient DecodeImages<T> images;
    private transient List<Preprocessing> wanted;

    DecodeFn(DecodeImages<T> images) {
      this.packed = Packed.of(images);
    }

    @Setup
    public void setup() throws IOException {
      images = packed.open();
      Set<Preprocessing> all = new LinkedHashSet<>();
      for (Model model : images.models) {
        all.add(model.preprocessing());
      }
      wanted = all.isEmpty() ? List.of(Preprocessing.IMAGENET) : new ArrayList<>(all);
    }

    @ProcessElement
    public void process(@Element KV<String, T> source, OutputReceiver<KV<String, LiveImage>> out) {
      // Outputs outside the try block: a failure downstream is not this image's.
      out.output(KV.of(source.getKey(), decode(source.getKey(), source.getValue())));
    }

    private LiveImage decode(String key, T source) {
      long start = System.nanoTime();
      try {
        LiveImage read = read(source);
        LiveImage known = read.with(known(source, read));
        if (images.counted) {
          decoded.inc();
          millis.update((System.nanoTime() - start) / 1_000_000);
        }
        return known;
      } catch (OutOfMemoryError e) {
        OutOfMemoryError named = new OutOfMemoryError(key + ": " + e.getMessage());
        named.initCause(e);
        throw named;
      } catch (IOException | RuntimeException e) {
        return unreadable(Reject.of(key, STAGE, "", e));
      } catch (Error e) {
        return unreadable(Reject.of(key, STAGE, "", e));
      }
    }

    private LiveImage unreadable(Reject reject) {
      if (images.counted) {
        rejected.inc();
        unreadable.inc();
      }
      return LiveImage.unreadable(reject);
    }

    /** Reads an image whole, and keeps its crops and its size. */
    private LiveImage read(T source) throws IOException {
      try (DecodingMemory memory = DecodingMemory.open()) {
        RgbImage image = images.reader.read(source);
        return LiveImage.of(Picture.of(image, wanted, images.whole))
            .with(ImageMaps.NONE.withSize(new ImageSize(image.width(), image.height())));
      }
    }

    /** Finds the image's label and mask. */
    private ImageMaps known(T source, LiveImage image) {
      int label = images.labeller.label(source);
      ImageMaps maps = label < 0 ? image.maps() : image.maps().withLabel(label);
      Optional<RgbImage> mask = images.masker.mask(source);
      if (mask.isPresent()) {
        for (Framing crop : image.picture().orElseThrow().framings()) {
          Mask seen = Mask.of(crop.apply(mask.get(), Interpolation.BILINEAR));
          maps = maps.with(new SeenMask(crop, seen));
        }
      }
      return maps;
    }
  }
}
