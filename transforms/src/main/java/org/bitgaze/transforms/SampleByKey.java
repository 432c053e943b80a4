package org.bitgaze.transforms;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.zip.CRC32C;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Top;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Chooses the elements whose keys have the smallest hashes: the same ones on every run, runner and
 * bundling, and mostly the same ones when a few elements come or go.
 *
 * @param <T> type of the values
 */
public final class SampleByKey<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<String, T>>> {
  private static final long serialVersionUID = 1L;
  private final int size;
  private final String salt;

  private SampleByKey(int size, String salt) {
    this.size = size;
    this.salt = salt;
  }

  /**
   * Returns the transform.
   *
   * @param size how many elements to choose; all if there are fewer
   * @param <T> type of the values
   * @return the transform
   */
  public static <T> SampleByKey<T> of(int size) {
    return new SampleByKey<>(size, "");
  }

  /**
   * Makes the choice independent of other samples.
   *
   * @param text goes into the hashes
   * @return the same transform with another choice
   */
  public SampleByKey<T> withSalt(String text) {
    return new SampleByKey<>(size, text);
  }

  @Override
  public PCollection<KV<String, T>> expand(PCollection<KV<String, T>> input) {
    return input
        .apply("Smallest", Top.of(size, new LargestHashFirst<T>(salt)))
        .apply("Each", Flatten.iterables());
  }

  private static final class LargestHashFirst<T>
      implements Comparator<KV<String, T>>, Serializable {
    private static final long serialVersionUID = 1L;
    private final String salt;

    LargestHashFirst(String salt) {
      this.salt = salt;
    }

    @Override
    public int compare(KV<String, T> a, KV<String, T> b) {
      int byHash = Long.compare(hash(salt + b.getKey()), hash(salt + a.getKey()));
      return byHash != 0 ? byHash : b.getKey().compareTo(a.getKey());
    }
  }

  /** A number that a key always has, and keys alike do not share. */
  static long hash(String key) {
    CRC32C crc = new CRC32C();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
