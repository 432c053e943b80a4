package org.bitgaze.pipelines.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What several runs of the same took.
 *
 * @param min the least
 * @param median the one in the middle, of an even number the mean of two
 * @param max the most
 */
public record Spread(double min, double median, double max) {

  /** What is timed. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does it once.
     *
     * @throws Exception if it fails, which ends the bench
     */
    void run() throws Exception;
  }

  /**
   * Sums values up.
   *
   * @param values at least one
   * @return the spread
   */
  public static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return new Spread(sorted[0], (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[n - 1]);
  }

  /**
   * Times some work, after it was done a few times unwatched.
   *
   * @param warmups how often unwatched
   * @param runs how often
   * @param units into how many each run's time is divided, such as images
   * @param work what is done
   * @return milliseconds of one unit
   * @throws Exception if the work fails
   */
  public static Spread time(int warmups, int runs, int units, Work work) throws Exception {
    for (int i = 0; i < warmups; i++) {
      work.run();
    }
    double[] millis = new double[runs];
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      work.run();
      millis[i] = (System.nanoTime() - start) / 1e6 / units;
    }
    return of(millis);
  }

  /**
   * Returns the values by name, for JSON.
   *
   * @return min, median, max
   */
  public Map<String, Double> values() {
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("min", min);
    all.put("median", median);
    all.put("max", max);
    return all;
  }

  /** Returns {@code median (min to max)}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f (%.1f to %.1f)", median, min, max);
  }
}
