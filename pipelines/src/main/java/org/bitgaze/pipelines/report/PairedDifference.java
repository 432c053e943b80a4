package org.bitgaze.pipelines.report;

import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.transforms.values.Statistics;

/**
 * How one measure differs, image by image: between two precisions, or at one precision between two
 * references.
 *
 * @param model its id
 * @param precision whose values are looked at
 * @param other the precision, or the reference, whose values are subtracted
 * @param reference what the maps were compared with
 * @param measure the measure
 * @param pairs images with both values
 * @param mean mean difference
 * @param low lower end of its 95 % confidence interval (Student's t); NaN with fewer than two pairs
 * @param high upper end of it
 * @param effect rank-biserial correlation, see {@link SignedRankTest#effect}
 * @param p Wilcoxon's signed-rank test
 * @param corrected p after Holm's correction for all tests of the report
 */
public record PairedDifference(
    String model,
    String precision,
    String other,
    String reference,
    String measure,
    int pairs,
    double mean,
    double low,
    double high,
    double effect,
    double p,
    double corrected) {
  /** Corrected p-values below this one are taken for a difference. */
  public static final double SIGNIFICANT = 0.05;

  /** Computes everything but the correction. */
  static PairedDifference of(
      String model,
      String precision,
      String other,
      String reference,
      String measure,
      double[] differences) {
    int n = differences.length;
    double mean = StatUtils.mean(differences);
    double half = Double.NaN;
    if (n > 1) {
      half = Statistics.ci95(Math.sqrt(StatUtils.variance(differences)), n);
    }
    SignedRankTest test = SignedRankTest.of(differences);
    return new PairedDifference(
        model,
        precision,
        other,
        reference,
        measure,
        n,
        mean,
        mean - half,
        mean + half,
        test.effect(),
        test.p(),
        test.p());
  }

  /**
   * Tells which of the two is larger, as far as the images tell.
   *
   * @return if the corrected test finds a difference (below {@link #SIGNIFICANT}) the effect's
   *     sign: 1 where most images' differences, by rank, are positive, -1 where they are negative;
   *     else 0
   */
  public int sign() {
    return corrected < SIGNIFICANT ? (int) Math.signum(effect) : 0;
  }

  PairedDifference withCorrected(double value) {
    return new PairedDifference(
        model, precision, other, reference, measure, pairs, mean, low, high, effect, p, value);
  }
}
