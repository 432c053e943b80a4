package org.bitgaze.transforms;

import java.util.List;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.model.Model;
import org.bitgaze.transforms.values.LiveImage;

/**
 * Reads a sample of images, chosen by a hash of their keys: the same ones on every run and runner.
 * One that cannot be read is left out, or replaced by the next in the hashes' order, see {@link
 * #fromFirst}.
 *
 * @param <T> what an image is read from
 */
public final class SampleImages<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<String, LiveImage>>> {
  private static final long serialVersionUID = 1L;

  /** A sample is found in one place; so many workers may take a part of it from there. */
  static final int BUCKETS = 16;

  private final int size;
  private final int candidates;
  private final ImageReader<T> reader;
  private final List<Model> models;

  private SampleImages(int size, int candidates, ImageReader<T> reader, List<Model> models) {
    this.size = size;
    this.candidates = candidates;
    this.reader = reader;
    this.models = List.copyOf(models);
  }

  /**
   * Reads a sample.
   *
   * @param size how many images, all if there are fewer
   * @param reader reads one
   * @param models keeps what these see
   * @param <T> what an image is read from
   * @return the transform
   */
  public static <T> SampleImages<T> of(int size, ImageReader<T> reader, List<Model> models) {
    return new SampleImages<>(size, size, reader, models);
  }

  /**
   * Looks at more images, so that one that cannot be read is replaced by the next.
   *
   * @param number of the first images by the hashes' order from which the sample is taken
   * @return a new transform
   */
  public SampleImages<T> fromFirst(int number) {
    return new SampleImages<>(size, number, reader, models);
  }

  @Override
  public PCollection<KV<String, LiveImage>> expand(PCollection<KV<String, T>> images) {
    return images
        .apply("Candidates", SampleByKey.of(candidates))
        .apply("Spread", Redistribute.<KV<String, T>>arbitrarily().withNumBuckets(BUCKETS))
        .apply("Decode", DecodeImages.of(reader).withModels(models).uncounted())
        .apply("Readable", Filter.by(image -> image.getValue().picture().isPresent()))
        .apply("Sample", SampleByKey.of(size));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("size", size)).add(DisplayData.item("candidates", candidates));
  }
}
