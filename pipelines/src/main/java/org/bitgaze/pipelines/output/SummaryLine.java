package org.bitgaze.pipelines.output;

import javax.annotation.Nullable;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;

/**
 * One line of the summary.
 *
 * @param model the model's id
 * @param precision such as {@code int8}
 * @param reference what maps or answers are compared with, a {@link
 *     org.bitgaze.measure.Reference}'s id
 * @param measure a {@link org.bitgaze.measure.Measure}'s id
 * @param count images with a value
 * @param mean mean, or null without values
 * @param std sample standard deviation, or null with fewer than two values
 * @param ci95Low lower end of the mean's 95 % confidence interval
 * @param ci95High upper end of it
 * @param min smallest value
 * @param q1 lower quartile
 * @param median median
 * @param q3 upper quartile
 * @param max largest value
 * @param degenerate images without a value, because a map or a mask has none
 */
public record SummaryLine(
    String model,
    String precision,
    String reference,
    String measure,
    long count,
    @Nullable Double mean,
    @Nullable Double std,
    @Nullable Double ci95Low,
    @Nullable Double ci95High,
    @Nullable Double min,
    @Nullable Double q1,
    @Nullable Double median,
    @Nullable Double q3,
    @Nullable Double max,
    long degenerate) {

  /**
   * Makes a line.
   *
   * @param key what the statistics are of
   * @param s the statistics
   */
  public static SummaryLine of(SummaryKey key, Statistics s) {
    Double half = s.ci95();
    return new SummaryLine(
        key.getModel(),
        key.getPrecision(),
        key.getReference(),
        key.getMeasure(),
        s.getCount(),
        s.getMean(),
        s.getStd(),
        half == null ? null : s.getMean() - half,
        half == null ? null : s.getMean() + half,
        s.getMin(),
        s.getQ1(),
        s.getMedian(),
        s.getQ3(),
        s.getMax(),
        s.getDegenerate());
  }
}
