package org.bitgaze.pipelines.table;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import javax.annotation.Nullable;

/** How tables show numbers. */
public final class Numbers {
  /** More digits than any measurement has. */
  private static final MathContext DIGITS = new MathContext(9);

  private Numbers() {}

  /**
   * Formats a number for people. What rounds to 0 has no sign.
   *
   * @param value the number; null and NaN give a dash
   * @param decimals how many digits follow the point
   * @return such as {@code 0.993}
   */
  public static String fixed(@Nullable Double value, int decimals) {
    if (value == null || value.isNaN()) {
      return "-";
    }
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.startsWith("-") && text.matches("-0([.]0+)?") ? text.substring(1) : text;
  }

  /**
   * Formats a share of the images for people.
   *
   * @param share in [0, 1]; null and NaN give a dash
   * @return such as {@code 98.5 %}
   */
  public static String percent(@Nullable Double share) {
    return share == null || share.isNaN() ? "-" : fixed(100 * share, 1) + " %";
  }

  /**
   * Formats a number or a share for people.
   *
   * @param value the number
   * @param isShare whether it is a share of the images
   * @param decimals digits after the point of a number that is no share
   * @return such as {@code 0.993} or {@code 98.5 %}
   */
  public static String measure(@Nullable Double value, boolean isShare, int decimals) {
    return isShare ? percent(value) : fixed(value, decimals);
  }

  /**
   * Formats a mean and its confidence interval for people.
   *
   * @param mean the mean
   * @param low lower end of the interval; null or NaN if there is none
   * @param high upper end
   * @param isShare whether the three are shares of the images
   * @param decimals digits after the point of numbers that are no shares
   * @return such as {@code 0.012 [0.008, 0.016]}
   */
  public static String interval(
      @Nullable Double mean,
      @Nullable Double low,
      @Nullable Double high,
      boolean isShare,
      int decimals) {
    String text = measure(mean, isShare, decimals);
    return low == null || low.isNaN()
        ? text
        : text
            + " ["
            + measure(low, isShare, decimals)
            + ", "
            + measure(high, isShare, decimals)
            + "]";
  }

  /**
   * Formats a p-value for people.
   *
   * @param p in [0, 1]
   * @return four decimals; below 0.0001 two significant digits
   */
  public static String pValue(double p) {
    return String.format(Locale.ROOT, p < 1e-4 ? "%.1e" : "%.4f", p);
  }

  /**
   * Formats a number for a file.
   *
   * @param value the number; null gives nothing
   * @return nine significant digits at most
   */
  public static String digits(@Nullable Double value) {
    return value == null
        ? ""
        : new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
  }

  /**
   * Replaces NaN, which files do not hold.
   *
   * @param value any number
   * @return the number; null for NaN
   */
  @Nullable
  public static Double orNothing(double value) {
    return Double.isNaN(value) ? null : (Double) value;
  }
}
