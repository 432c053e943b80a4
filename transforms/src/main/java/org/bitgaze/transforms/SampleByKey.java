package org.bitgaze.transforms;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.zip.CRC32C;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Top;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Chooses the elements whose keys have the smallest hashes: the same ones on every run, runner and
 * bundling, and mostly the same ones when a few elements come or go. Elements are chosen per
 * window.
 *
 * @param <T> type of the values
 */
public final class SampleByKey<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<String, T>>> {
  private static final long serialVersionUID = 1L;
  private final int size;

  private SampleByKey(int size) {
    this.size = size;
  }

  /**
   * Returns the transform.
   *
   * @param size how many elements to choose; all if there are fewer
   * @param <T> type of the values
   * @return the transform
   */
  public static <T> SampleByKey<T> of(int size) {
    return new SampleByKey<>(size);
  }

  @Override
  public PCollection<KV<String, T>> expand(PCollection<KV<String, T>> input) {
    Requirements.finiteWindows(input, "SampleByKey");
    return input
        .apply("Smallest", Top.of(size, new LargestHashFirst<T>()).withoutDefaults())
        .apply("Each", Flatten.iterables());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("size", size));
  }

  private static final class LargestHashFirst<T>
      implements Comparator<KV<String, T>>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(KV<String, T> a, KV<String, T> b) {
      return KeyLimit.of(b.getKey()).compareTo(KeyLimit.of(a.getKey()));
    }
  }

  /** A number that a key always has, and keys alike do not share. */
  static long hash(String key) {
    CRC32C crc = new CRC32C();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
