package org.bitgaze.pipelines.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The distribution of a few measured values.
 *
 * @param min the smallest value
 * @param median the middle value; the mean of the two middle ones if their number is even
 * @param max the largest value
 */
public record Spread(double min, double median, double max) {

  /** Work that is timed. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does the work once.
     *
     * @throws Exception if it fails, which ends the measurement
     */
    void run() throws Exception;
  }

  /**
   * Summarizes values.
   *
   * @param values at least one value
   * @return their spread
   */
  public static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return new Spread(sorted[0], (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[n - 1]);
  }

  /**
   * Times work.
   *
   * @param warmups number of untimed runs before
   * @param runs number of timed runs
   * @param units number of units in a run, such as images
   * @param work the work
   * @return milliseconds per unit
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

  /** {@return min, median and max by name, for JSON} */
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
