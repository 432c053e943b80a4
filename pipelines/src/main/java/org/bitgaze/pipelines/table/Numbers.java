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

  /** {@return a number such as {@code 0.993}, never -0; a dash for null and NaN} */
  public static String fixed(@Nullable Double value, int decimals) {
    if (value == null || value.isNaN()) {
      return "-";
    }
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.startsWith("-") && text.matches("-0([.]0+)?") ? text.substring(1) : text;
  }

  /**
   * {@return a share of the images, given in [0, 1], such as {@code 98.5 %}; a dash without one}
   */
  public static String percent(@Nullable Double share) {
    return share == null || share.isNaN() ? "-" : fixed(100 * share, 1) + " %";
  }

  /** {@return a share in per cent, or another number with the given decimals} */
  public static String measure(@Nullable Double value, boolean isShare, int decimals) {
    return isShare ? percent(value) : fixed(value, decimals);
  }

  /** {@return such as {@code 0.012 [0.008, 0.016]}; the mean alone if there is no interval} */
  public static String interval(
      @Nullable Double mean,
      @Nullable Double low,
      @Nullable Double high,
      boolean isShare,
      int decimals) {
    String text = measure(mean, isShare, decimals);
    if (low == null || low.isNaN()) {
      return text;
    }
    String from = measure(low, isShare, decimals);
    return text + " [" + from + ", " + measure(high, isShare, decimals) + "]";
  }

  /** {@return a p-value with four decimals; below 0.0001 with two significant digits} */
  public static String pValue(double p) {
    return String.format(Locale.ROOT, p < 1e-4 ? "%.1e" : "%.4f", p);
  }

  /** {@return a number with at most nine significant digits, for files; nothing for null} */
  public static String digits(@Nullable Double value) {
    return value == null
        ? ""
        : new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
  }

  /** {@return the number; null for NaN, which files do not hold} */
  @Nullable
  public static Double orNothing(double value) {
    return Double.isNaN(value) ? null : (Double) value;
  }
}
