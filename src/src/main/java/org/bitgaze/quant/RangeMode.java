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
  DYNAMIC("each image's own extremes");

  private final String description;

  RangeMode(String description) {
    this.description = description;
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
