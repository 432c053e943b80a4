package org.bitgaze.pipelines.audit;

import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.flink.util.MathUtils;

/**
 * Chooses keys by which Flink spreads elements evenly. It sends a key to a worker by a hash of its
 * encoded form; of 64 keys a worker, one of two had 8 % more than its share, and the other waited.
 *
 * @see <a
 *     href="https://github.com/apache/flink/blob/release-1.19.0/flink-runtime/src/main/java/org/apache/flink/runtime/operators/shipping/OutputEmitter.java">how
 *     Flink chooses the worker</a>
 */
public final class FlinkKeys {
  private FlinkKeys() {}

  /**
   * Finds a key for each worker.
   *
   * @param workers how many there are, at least 1
   * @return as many keys, each of another worker
   * @throws IllegalArgumentException if there are none
   */
  public static List<Integer> oneForEach(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException(workers + " workers are none");
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
