package org.bitgaze.pipelines.layers;

import javax.annotation.Nullable;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.pipelines.gate.WilsonInterval;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.transforms.values.Statistics;

/**
 * The mean of a measure over the images, with its confidence interval.
 *
 * @param mean null without values
 * @param low lower end of the mean's 95 % confidence interval; null if there is none, for example
 *     with fewer than two values
 * @param high upper end of the interval
 * @param count the number of images with a value
 * @param degenerate the number of images without a value
 */
public record Estimate(
    @Nullable Double mean,
    @Nullable Double low,
    @Nullable Double high,
    long count,
    long degenerate) {
  /** Nothing was measured. */
  public static final Estimate NONE = new Estimate(null, null, null, 0, 0);

  /** The interval is Wilson's for a share of the images, and Student's for other means. */
  static Estimate of(SummaryLine line) {
    Double low = line.ci95Low();
    Double high = line.ci95High();
    if (line.mean() != null && MeasureCatalog.of(line.measure()).isShare()) {
      long successes = Math.round(line.mean() * line.count());
      WilsonInterval interval = WilsonInterval.of(successes, line.count());
      low = interval.low();
      high = interval.high();
    }
    return new Estimate(line.mean(), low, high, line.count(), line.degenerate());
  }

  /** The mean of a line's values and a number of zeros, with its interval. */
  static Estimate of(SummaryLine line, long zeros) {
    long count = line.count() + zeros;
    if (zeros == 0) {
      return of(line);
    }
    long degenerate = Math.max(0, line.degenerate() - zeros);
    if (count < 2) {
      return new Estimate(0.0, null, null, count, degenerate);
    }
    double own = line.mean() == null ? 0 : line.mean();
    double mean = own * line.count() / count;
    double squares = line.count() * own * own;
    if (line.std() != null) {
      squares += line.std() * line.std() * (line.count() - 1);
    }
    double deviation = Math.sqrt(Math.max(0, squares - count * mean * mean) / (count - 1));
    double half = Statistics.ci95(deviation, count);
    return new Estimate(mean, mean - half, mean + half, count, degenerate);
  }

  /** The mean of numbers, with Student's interval. */
  static Estimate of(double[] numbers) {
    int n = numbers.length;
    Double mean = n == 0 ? null : (Double) StatUtils.mean(numbers);
    if (n < 2) {
      return new Estimate(mean, null, null, n, 0);
    }
    double half = Statistics.ci95(Math.sqrt(StatUtils.variance(numbers)), n);
    return new Estimate(mean, mean - half, mean + half, n, 0);
  }

  /** {@return one minus this, which is the drift if this is a correlation} */
  public Estimate complement() {
    return new Estimate(
        mean == null ? null : (Double) (1 - mean),
        high == null ? null : (Double) (1 - high),
        low == null ? null : (Double) (1 - low),
        count,
        degenerate);
  }
}
