package org.bitgaze.pipelines.runner;

import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.flink.util.MathUtils;

/**
 * Chooses keys that Flink spreads evenly over its workers. Flink assigns a key to a worker by a
 * hash of its encoded form. With 64 arbitrary keys per worker, one of two workers got 8 % more than
 * its share, and the other one waited.
 *
 * @see <a
 *     href="https://github.com/apache/flink/blob/release-1.19.0/flink-runtime/src/main/java/org/apache/flink/runtime/operators/shipping/OutputEmitter.java">Flink's
 *     choice of the worker</a>
 */
public final class FlinkKeys {
  private FlinkKeys() {}

  /**
   * Finds one key for each worker.
   *
   * @param workers number of workers, at least 1
   * @return a key for each worker
   * @throws IllegalArgumentException if {@code workers} is less than 1
   */
  public static List<Integer> oneForEach(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, not " + workers);
    }
    Integer[] keys = new Integer[workers];
    int found = 0;
    for (int key = 0; found < workers; key++) {
      int worker = worker(key, workers);
      if (keys[worker] == null) {
        keys[worker] = key;
        found++;
      }
    }
    return List.of(keys);
  }

  private static int worker(int key, int workers) {
    try {
      byte[] encoded = CoderUtils.encodeToByteArray(VarIntCoder.of(), key);
      return MathUtils.murmurHash(Arrays.hashCode(encoded)) % workers;
    } catch (CoderException e) {
      throw new IllegalStateException("a number cannot be encoded", e);
    }
  }
}
