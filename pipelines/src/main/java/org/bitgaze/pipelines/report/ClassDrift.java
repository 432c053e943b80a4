package org.bitgaze.pipelines.report;

import java.util.List;
import javax.annotation.Nullable;
import org.bitgaze.pipelines.gate.WilsonInterval;
import org.bitgaze.transforms.values.Statistics;

/**
 * What quantization does to the images of one class. Shares have Wilson's 95 % confidence interval,
 * the mean has Student's.
 *
 * @param index the class
 * @param images the number of its images that were compared with f32
 * @param flips how many of their answers differ from f32's
 * @param vanished how many of their maps vanished
 * @param mean mean of the measure of drift over the maps that have a value; null without any
 * @param std its standard deviation; null with fewer than two values
 * @param values the number of values
 * @param correctBefore how many answers at f32 are the label; 0 without labels
 * @param correctAfter how many answers at the precision are the label; 0 without labels
 * @param flipP whether the class has more flips than the other classes: Fisher's exact test,
 *     one-sided, corrected; NaN if the class is too small to test
 * @param driftP whether its maps drift more than those of the other classes: the rank-sum test of
 *     Mann and Whitney, one-sided, corrected; NaN if the class is too small to test
 * @param visible whether its mean is worse than that of all images by at least {@value
 *     ClassDrifts#VISIBLE}, or a map vanished: with many images the test finds differences that
 *     nobody could see
 */
public record ClassDrift(
    int index,
    long images,
    long flips,
    long vanished,
    @Nullable Double mean,
    @Nullable Double std,
    long values,
    long correctBefore,
    long correctAfter,
    double flipP,
    double driftP,
    boolean visible) {
  /** A corrected p below this one counts as a difference. */
  private static final double SIGNIFICANT = 0.05;

  /** {@return the share of flipped answers with its interval: value, low, high} */
  public List<Double> flipShare() {
    return share(flips);
  }

  /** {@return the accuracy at f32 with its interval: value, low, high} */
  public List<Double> accuracyBefore() {
    return share(correctBefore);
  }

  /** {@return the accuracy at the precision with its interval: value, low, high} */
  public List<Double> accuracyAfter() {
    return share(correctAfter);
  }

  /** {@return the mean of the measure of drift, low and high; empty without an interval} */
  public List<Double> drift() {
    if (mean == null || std == null) {
      return mean == null ? List.of() : List.of(mean);
    }
    double half = Statistics.ci95(std, values);
    return List.of(mean, mean - half, mean + half);
  }

  /** {@return whether the class has more flips than the others, beyond chance} */
  public boolean flipsMore() {
    return flipP < SIGNIFICANT;
  }

  /** {@return whether its maps drift more than those of the others, visibly and beyond chance} */
  public boolean driftsMore() {
    return visible && driftP < SIGNIFICANT;
  }

  /** {@return what is worse than in the other classes, in words; empty if nothing is} */
  public String worse() {
    if (flipsMore()) {
      return driftsMore() ? "more flips, more drift" : "more flips";
    }
    return driftsMore() ? "more drift" : "";
  }

  private List<Double> share(long count) {
    WilsonInterval interval = WilsonInterval.of(count, images);
    return List.of((double) count / images, interval.low(), interval.high());
  }
}
