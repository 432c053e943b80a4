package org.bitgaze.quant;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** How the ranges of quantized activations are determined. */
public enum RangeMode implements Named {
  /** The smallest and the largest value over the calibration images. */
  MINMAX("the smallest and largest value over the calibration images"),
  /**
   * The mean of the calibration images' minima and the mean of their maxima: the expectation of
   * PyTorch's moving-average observer, without its dependence on the images' order.
   */
  AVERAGED("the means of the calibration images' minima and maxima"),
  /** Each image's own extremes, computed inside the program; nothing is calibrated. */
  DYNAMIC("each image's own extremes"),
  /** Bounds that cut the outermost values, see {@link PercentileRange}. */
  PERCENTILE("percentile:P, the range of P % of the values (99.99 without P)", true, false),
  /** The part of the extremes' range with the smallest squared error, see {@link SquaredError}. */
  MSE("the range with the smallest squared rounding error, up to 8 bits", true, true),
  /** The part of the extremes' range that keeps most information, see {@link Divergence}. */
  ENTROPY("the range with the smallest Kullback-Leibler divergence, up to 8 bits", true, true);

  private final String description;
  private final boolean counted;
  private final boolean perBits;

  RangeMode(String description) {
    this(description, false, false);
  }

  RangeMode(String description, boolean counted, boolean perBits) {
    this.description = description;
    this.counted = counted;
    this.perBits = perBits;
  }

  /** {@return whether ranges are computed from a {@link Histogram} of each point's values} */
  public boolean isCounted() {
    return counted;
  }

  /** {@return whether each number of bits has ranges of its own; these end at 8 bits} */
  public boolean isPerBits() {
    return perBits;
  }

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String description() {
    return description;
  }
}
