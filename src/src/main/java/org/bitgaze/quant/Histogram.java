package org.bitgaze.quant;

import java.io.Serializable;

/**
 * How often the values of an activation fall into each of 2048 equal bins between its extremes, and
 * how often they are 0. Zeros are in no bin: every range represents them exactly. Counts are
 * integers, so that a sum of histograms does not depend on its order. Mutable and not thread-safe.
 */
public final class Histogram implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The number of bins. */
  public static final int BINS = 2048;

  private final double low;
  private final double high;
  private final long[] counts = new long[BINS];
  private long zeros;

  /**
   * Creates an empty histogram.
   *
   * @param extremes the smallest and largest value; they are extended to include 0
   */
  public Histogram(Range extremes) {
    this.low = (float) Math.min(extremes.min(), 0);
    this.high = (float) Math.max(extremes.max(), 0);
  }

  /**
   * Adds counts.
   *
   * @param bins one count for each bin, followed by the count of zeros
   * @throws IllegalArgumentException if there are not 2049 counts
   */
  public void add(long[] bins) {
    if (bins.length != BINS + 1) {
      throw new IllegalArgumentException(
          "a histogram has " + BINS + " bins and a count of zeros, not " + bins.length);
    }
    for (int k = 0; k < BINS; k++) {
      counts[k] += bins[k];
    }
    zeros += bins[BINS];
  }

  /**
   * Adds the counts of other images.
   *
   * @param other a histogram between the same extremes
   * @throws IllegalArgumentException if the extremes differ
   */
  public void add(Histogram other) {
    if (low != other.low || high != other.high) {
      throw new IllegalArgumentException(
          "histograms over [%s, %s] and [%s, %s] cannot be added"
              .formatted(low, high, other.low, other.high));
    }
    for (int k = 0; k < BINS; k++) {
      counts[k] += other.counts[k];
    }
    zeros += other.zeros;
  }

  /** {@return the lower end of the first bin, at most 0} */
  public double low() {
    return low;
  }

  /** {@return the upper end of the last bin, at least 0} */
  public double high() {
    return high;
  }

  /** {@return the factor from a value's distance to {@link #low} to its bin; 0 without a width} */
  public double binsPerUnit() {
    return low < high ? BINS / (high - low) : 0;
  }

  /** {@return the number of values that are 0} */
  public long zeros() {
    return zeros;
  }

  /**
   * Returns the number of values in a bin.
   *
   * @param bin 0 to 2047
   * @return values that are not 0
   */
  public long count(int bin) {
    return counts[bin];
  }

  /** {@return the number of values that are not 0} */
  public long counted() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /**
   * Returns where a bin begins.
   *
   * @param bin 0 to 2048; 2048 is the end of the last bin
   * @return the edge
   */
  public double edge(int bin) {
    return bin == BINS ? high : low + bin * width();
  }

  /**
   * Returns the middle of a bin.
   *
   * @param bin 0 to 2047
   * @return its centre
   */
  public double centre(int bin) {
    return low + (bin + 0.5) * width();
  }

  private double width() {
    return (high - low) / BINS;
  }
}
