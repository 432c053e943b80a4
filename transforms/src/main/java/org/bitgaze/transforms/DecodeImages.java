package org.bitgaze.transforms;

import java.io.IOException;
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

/**
 * Decodes files and cuts out what networks see. A file that is no readable image goes to {@link
 * #REJECTS} with the reason; it never fails the job.
 */
public final class DecodeImages
    extends PTransform<PCollection<KV<String, FileIO.ReadableFile>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** Images of 224 x 224, by key. */
  public static final TupleTag<KV<String, RgbImage>> IMAGES = new TupleTag<>("images") {};

  /** Files that are no readable images. */
  public static final TupleTag<Reject> REJECTS = new TupleTag<>("rejects") {};

  /** A file this long is no photograph; reading it whole would endanger the worker. */
  static final long MAX_BYTES = 256L << 20;

  /**
   * Returns the transform.
   *
   * @return a transform with the outputs {@link #IMAGES} and {@link #REJECTS}
   */
  public static DecodeImages create() {
    return new DecodeImages(true);
  }

  /**
   * Returns the transform for images that are read a second time: it reports no metrics.
   *
   * @return a transform with the outputs {@link #IMAGES} and {@link #REJECTS}
   */
  public static DecodeImages again() {
    return new DecodeImages(false);
  }

  private final boolean counted;

  private DecodeImages(boolean counted) {
    this.counted = counted;
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, FileIO.ReadableFile>> files) {
    PCollectionTuple out =
        files.apply(
            "Decode",
            ParDo.of(new DecodeFn(counted)).withOutputTags(IMAGES, TupleTagList.of(REJECTS)));
    out.get(IMAGES).setCoder(KvCoder.of(StringUtf8Coder.of(), RgbImageCoder.of()));
    return out;
  }

  private static final class DecodeFn
      extends DoFn<KV<String, FileIO.ReadableFile>, KV<String, RgbImage>> {
    private static final long serialVersionUID = 1L;
    private final Counter decoded = Metrics.counter(MetricNames.NAMESPACE, MetricNames.DECODED);
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTED);
    private final Distribution millis =
        Metrics.distribution(MetricNames.NAMESPACE, MetricNames.DECODE_MILLIS);
    private final boolean counted;

    DecodeFn(boolean counted) {
      this.counted = counted;
    }

    @ProcessElement
    public void process(@Element KV<String, FileIO.ReadableFile> file, MultiOutputReceiver out) {
      long start = System.nanoTime();
      String key = file.getKey();
      try {
        RgbImage image = CenterCrop.apply(ImageDecoder.decode(read(file.getValue())));
        out.get(IMAGES).output(KV.of(key, image));
        if (counted) {
          decoded.inc();
          millis.update((System.nanoTime() - start) / 1_000_000);
        }
      } catch (IOException e) {
        out.get(REJECTS).output(Reject.of(key, reason(e)));
        if (counted) {
          rejected.inc();
        }
      }
    }

    private static byte[] read(FileIO.ReadableFile file) throws IOException {
      long size = file.getMetadata().sizeBytes();
      if (size > MAX_BYTES) {
        throw new ImageFormatException(size + " bytes are more than " + MAX_BYTES);
      }
      return file.readFullyAsBytes();
    }

    private static String reason(IOException e) {
      return e instanceof ImageFormatException ? e.getMessage() : "cannot be read: " + e;
    }
  }
}
