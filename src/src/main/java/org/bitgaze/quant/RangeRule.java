package org.bitgaze.quant;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bitgaze.choice.Named;
import org.bitgaze.quant.Precision.IntegerRange;

/**
 * A way to determine the ranges of quantized activations, with its parameter.
 *
 * @param mode the way
 * @param percent the percentage of values inside the range, at least 50; 100 unless the mode is
 *     {@link RangeMode#PERCENTILE}
 */
public record RangeRule(RangeMode mode, double percent) implements Named, Serializable {
  private static final long serialVersionUID = 1L;
  private static final double DEFAULT_PERCENT = 99.99;
  private static final double MIN_PERCENT = 50;

  /** The most bits for which ranges that depend on the number of bits are defined. */
  public static final int MAX_BITS = 8;

  private static final int MIN_BITS = 2;

  /** The smallest and largest value, see {@link RangeMode#MINMAX}. */
  public static final RangeRule MINMAX = of(RangeMode.MINMAX);

  /** The means of minima and maxima, see {@link RangeMode#AVERAGED}. */
  public static final RangeRule AVERAGED = of(RangeMode.AVERAGED);

  /** Each image's own extremes, see {@link RangeMode#DYNAMIC}. */
  public static final RangeRule DYNAMIC = of(RangeMode.DYNAMIC);

  /**
   * Checks the percentage.
   *
   * @throws IllegalArgumentException if it is outside [50, 100], or the mode takes none
   */
  public RangeRule {
    if (!(percent >= MIN_PERCENT && percent <= 100)) {
      throw new IllegalArgumentException(
          "percentile:" + number(percent) + ": the percentage must be 50 to 100, such as 99.99");
    }
    if (mode != RangeMode.PERCENTILE && percent != 100) {
      throw new IllegalArgumentException(mode.id() + " ranges have no percentage");
    }
  }

  /**
   * Returns a rule with the default parameter.
   *
   * @param mode the way ranges are determined
   * @return the rule; for percentiles, 99.99 %
   */
  public static RangeRule of(RangeMode mode) {
    return new RangeRule(mode, mode == RangeMode.PERCENTILE ? DEFAULT_PERCENT : 100);
  }

  /** {@return each way to determine ranges, with its default parameter} */
  public static RangeRule[] choices() {
    return Arrays.stream(RangeMode.values()).map(RangeRule::of).toArray(RangeRule[]::new);
  }

  /**
   * Parses a rule.
   *
   * @param text the id of a {@link RangeMode}, or {@code percentile:P}
   * @return the rule
   * @throws IllegalArgumentException if there is no such rule, or P is not a percentage
   */
  public static RangeRule parse(String text) {
    int colon = text.indexOf(':');
    RangeMode mode =
        Named.find(RangeMode.values(), "ranges", colon < 0 ? text : text.substring(0, colon));
    if (colon < 0) {
      return of(mode);
    }
    if (mode != RangeMode.PERCENTILE) {
      throw new IllegalArgumentException(text + ": " + mode.id() + " ranges have no parameter");
    }
    try {
      return new RangeRule(mode, Double.parseDouble(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          text + ": the percentage must be a number from 50 to 100, such as 99.99", e);
    }
  }

  /** {@return whether nothing is calibrated} */
  public boolean isDynamic() {
    return mode == RangeMode.DYNAMIC;
  }

  /**
   * Returns the range of a point.
   *
   * @param histogram the point's values
   * @param integers the integers that a value may become; they matter only if the mode {@linkplain
   *     RangeMode#isPerBits depends on them}
   * @return the range; it includes 0
   * @throws IllegalArgumentException if this rule is not computed from histograms
   */
  public Range range(Histogram histogram, IntegerRange integers) {
    return switch (mode) {
      case PERCENTILE -> PercentileRange.of(histogram, percent);
      case MSE -> RangeSearch.best(histogram, integers, new SquaredError());
      case ENTROPY -> RangeSearch.best(histogram, integers, new Divergence());
      case MINMAX, AVERAGED, DYNAMIC ->
          throw new IllegalArgumentException(id() + " ranges are not computed from histograms");
    };
  }

  /**
   * Returns the ranges of all points.
   *
   * @param extremes the points' extremes
   * @param histograms quantization point to its values; may be empty unless the mode is {@linkplain
   *     RangeMode#isCounted computed from them}
   * @return the ranges; for modes that depend on the number of bits, those of 2 to 8 bits
   * @throws IllegalArgumentException for dynamic ranges, which are not calibrated
   */
  public Ranges ranges(Observations extremes, Map<String, Histogram> histograms) {
    if (!mode.isCounted()) {
      return extremes.ranges(mode);
    }
    if (!mode.isPerBits()) {
      return new Ranges(ranges(histograms, MAX_BITS));
    }
    Map<Integer, Map<String, Range>> byBits = new HashMap<>();
    for (int bits = MIN_BITS; bits <= MAX_BITS; bits++) {
      byBits.put(bits, ranges(histograms, bits));
    }
    return new Ranges(Map.of(), byBits);
  }

  private Map<String, Range> ranges(Map<String, Histogram> histograms, int bits) {
    IntegerRange integers = new IntegerRange(0, (1 << bits) - 1);
    Map<String, Range> ranges = new HashMap<>();
    histograms.forEach((point, histogram) -> ranges.put(point, range(histogram, integers)));
    return ranges;
  }

  /**
   * Checks that this rule is defined for all activations of a configuration.
   *
   * @param configuration the layers' precisions
   * @param scheme how activations are quantized
   * @throws IllegalArgumentException if activations have more bits than the rule supports
   */
  public void check(Configuration configuration, ActivationScheme scheme) {
    if (!mode.isPerBits()) {
      return;
    }
    configuration
        .precisions()
        .map(LayerPrecision::activation)
        .filter(precision -> !precision.isFloat())
        .mapToInt(precision -> bits(scheme.activations(precision)))
        .filter(bits -> bits > MAX_BITS)
        .max()
        .ifPresent(
            bits -> {
              throw new IllegalArgumentException(
                  "%s ranges are defined for at most %d bits, but %s has activations of %d bits; use minmax or percentile ranges"
                      .formatted(id(), MAX_BITS, configuration, bits));
            });
  }

  /** The number of bits of integers. */
  static int bits(IntegerRange integers) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(integers.qmax() - integers.qmin());
  }

  /** {@return the text that {@link #parse} reads, such as {@code percentile:99.99}} */
  @Override
  public String id() {
    return mode.id() + (mode == RangeMode.PERCENTILE ? ":" + number(percent) : "");
  }

  @Override
  public String description() {
    return mode.description();
  }

  /** {@return the id} */
  @Override
  public String toString() {
    return id();
  }

  private static String number(double percent) {
    return Double.isFinite(percent)
        ? BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString()
        : String.valueOf(percent);
  }
}
