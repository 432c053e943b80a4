package org.bitgaze.pipelines.gate;

import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * The 95 % confidence interval of a share (Wilson 1927).
 *
 * @param low its lower end, at least 0
 * @param high its upper end, at most 1
 */
public record WilsonInterval(double low, double high) {
  private static final double CONFIDENCE = 0.95;

  /**
   * Computes the interval.
   *
   * @param successes the number of successes
   * @param count the number of trials, at least 1
   */
  public static WilsonInterval of(long successes, long count) {
    ConfidenceInterval interval =
        new WilsonScoreInterval().createInterval((int) count, (int) successes, CONFIDENCE);
    // Rounding may exceed the range.
    return new WilsonInterval(
        Math.max(0, interval.getLowerBound()), Math.min(1, interval.getUpperBound()));
  }
}
