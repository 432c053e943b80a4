package org.bitgaze.pipelines.layers;

import javax.annotation.Nullable;
import org.bitgaze.pipelines.output.SummaryLine;

/**
 * A measure over the images.
 *
 * @param mean null without values
 * @param low lower end of the mean's 95 % confidence interval; null with fewer than two values
 * @param high upper end of it
 * @param count images with a value
 * @param degenerate images without
 */
public record Value(
    @Nullable Double mean,
    @Nullable Double low,
    @Nullable Double high,
    long count,
    long degenerate) {

  static Value of(SummaryLine line) {
    return new Value(line.mean(), line.ci95Low(), line.ci95High(), line.count(), line.degenerate());
  }

  /**
   * Returns one minus it: of a correlation, the drift.
   *
   * @return a new value, the ends of whose interval have changed places
   */
  public Value complement() {
    return new Value(
        mean == null ? null : (Double) (1 - mean),
        high == null ? null : (Double) (1 - high),
        low == null ? null : (Double) (1 - low),
        count,
        degenerate);
  }
}
