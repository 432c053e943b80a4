package org.bitgaze.quant;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.TreeMap;

/**
 * The extremes observed at each quantization point over some images. The sums are exact, so that
 * ranges do not depend on the order or grouping of the images. Mutable and not thread-safe.
 */
public final class Observations implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TreeMap<String, Point> points = new TreeMap<>();

  /** One point's observations: the union of the ranges, and the sums of their ends. */
  private record Point(long images, Range union, BigDecimal minima, BigDecimal maxima)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    Point plus(Point other) {
      return new Point(
          images + other.images,
          union.union(other.union),
          minima.add(other.minima),
          maxima.add(other.maxima));
    }

    private double mean(BigDecimal sum) {
      return sum.divide(BigDecimal.valueOf(images), MathContext.DECIMAL64).doubleValue();
    }
  }

  /**
   * Adds an image.
   *
   * @param extremes quantization point to the extremes of the image's activation
   * @throws NumberFormatException if an extreme is not finite
   */
  public void add(Map<String, Range> extremes) {
    extremes.forEach(
        (point, r) ->
            merge(point, new Point(1, r, new BigDecimal(r.min()), new BigDecimal(r.max()))));
  }

  /**
   * Adds other images.
   *
   * @param other their observations
   */
  public void add(Observations other) {
    other.points.forEach(this::merge);
  }

  private void merge(String name, Point point) {
    points.merge(name, point, Point::plus);
  }

  /** {@return whether no image was added} */
  public boolean isEmpty() {
    return points.isEmpty();
  }

  /**
   * Computes the ranges.
   *
   * @param mode {@link RangeMode#MINMAX} or {@link RangeMode#AVERAGED}
   * @return the range of each point
   * @throws IllegalArgumentException for {@link RangeMode#DYNAMIC}, which is not calibrated, and
   *     for modes that need the values' {@link Histogram}s
   */
  public Ranges ranges(RangeMode mode) {
    TreeMap<String, Range> ranges = new TreeMap<>();
    points.forEach(
        (name, p) ->
            ranges.put(
                name,
                switch (mode) {
                  case MINMAX -> p.union();
                  case AVERAGED -> new Range(p.mean(p.minima()), p.mean(p.maxima()));
                  case DYNAMIC ->
                      throw new IllegalArgumentException("dynamic ranges are not calibrated");
                  case PERCENTILE, MSE, ENTROPY ->
                      throw new IllegalArgumentException(
                          mode.id() + " ranges need histograms, not extremes alone");
                }));
    return new Ranges(ranges);
  }
}
