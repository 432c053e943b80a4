package org.bitgaze.transforms;

import java.io.IOException;
import java.io.Serializable;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.metrics.Counter;
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
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.ImageFormatException;
import org.bitgaze.image.RgbImage;
import org.bitgaze.scene.Scene;

/**
 * Reads images and cuts out what networks see. A file that is no readable image goes to {@link
 * #REJECTS} with the reason; it never fails the job.
 *
 * @param <T> what an image is read from
 */
public final class DecodeImages<T>
    extends PTransform<PCollection<KV<String, T>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** Images of 224 x 224, by key. */
  public static final TupleTag<KV<String, RgbImage>> IMAGES = new TupleTag<>("images") {};

  /** Files that are no readable images. */
  public static final TupleTag<Reject> REJECTS = new TupleTag<>("rejects") {};

  /** A file this long is no photograph; reading it whole would endanger the worker. */
  static final long MAX_BYTES = 256L << 20;

  private final Reader<T> reader;
  private final boolean counted;

  /**
   * Reads one image.
   *
   * @param <T> what it is read from
   */
  @FunctionalInterface
  public interface Reader<T> extends Serializable {
    /**
     * Reads an image.
     *
     * @param source what it is read from
     * @return the image, of any size
     * @throws IOException if it cannot be read; the message is the reason of the reject
     */
    RgbImage read(T source) throws IOException;
  }

  private DecodeImages(Reader<T> reader, boolean counted) {
    this.reader = reader;
    this.counted = counted;
  }

  /**
   * Decodes files.
   *
   * @return a transform with the outputs {@link #IMAGES} and {@link #REJECTS}
   */
  public static DecodeImages<FileIO.ReadableFile> files() {
    return with(DecodeImages::decode);
  }

  /**
   * Draws synthetic scenes.
   *
   * @return a transform with the outputs {@link #IMAGES} and {@link #REJECTS}
   */
  public static DecodeImages<Scene> scenes() {
    return with(Scene::picture);
  }

  /**
   * Reads images from anything.
   *
   * @param reader reads one
   * @param <T> what it is read from
   * @return a transform with the outputs {@link #IMAGES} and {@link #REJECTS}
   */
  public static <T> DecodeImages<T> with(Reader<T> reader) {
    return new DecodeImages<>(reader, true);
  }

  /**
   * Returns the transform for images that are read a second time: it reports no metrics.
   *
   * @return the same transform without metrics
   */
  public DecodeImages<T> again() {
    return new DecodeImages<>(reader, false);
  }

  /** Reads one image and cuts out what networks see. */
  RgbImage read(T source) throws IOException {
    return CenterCrop.apply(reader.read(source));
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, T>> sources) {
    PCollectionTuple out =
        sources.apply(
            "Decode",
            ParDo.of(new DecodeFn<>(this)).withOutputTags(IMAGES, TupleTagList.of(REJECTS)));
    out.get(IMAGES).setCoder(KvCoder.of(StringUtf8Coder.of(), RgbImageCoder.of()));
    return out;
  }

  private static RgbImage decode(FileIO.ReadableFile file) throws IOException {
    long size = file.getMetadata().sizeBytes();
    if (size > MAX_BYTES) {
      throw new ImageFormatException(size + " bytes are more than " + MAX_BYTES);
    }
    return ImageDecoder.decode(file.readFullyAsBytes());
  }

  private static final class DecodeFn<T> extends DoFn<KV<String, T>, KV<String, RgbImage>> {
    private static final long serialVersionUID = 1L;
    private final Counter decoded = Metrics.counter(MetricNames.NAMESPACE, MetricNames.DECODED);
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTED);
    private final Distribution millis =
        Metrics.distribution(MetricNames.NAMESPACE, MetricNames.DECODE_MILLIS);
    private final DecodeImages<T> images;

    DecodeFn(DecodeImages<T> images) {
      this.images = images;
    }

    @ProcessElement
    public void process(@Element KV<String, T> source, MultiOutputReceiver out) {
      long start = System.nanoTime();
      String key = source.getKey();
      try {
        RgbImage image = images.read(source.getValue());
        out.get(IMAGES).output(KV.of(key, image));
        if (images.counted) {
          decoded.inc();
          millis.update((System.nanoTime() - start) / 1_000_000);
        }
      } catch (IOException e) {
        out.get(REJECTS).output(Reject.of(key, reason(e)));
        if (images.counted) {
          rejected.inc();
        }
      }
    }

    private static String reason(IOException e) {
      return e instanceof ImageFormatException ? e.getMessage() : "cannot be read: " + e;
    }
  }
}
