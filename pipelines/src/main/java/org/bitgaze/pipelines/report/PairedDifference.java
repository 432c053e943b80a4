package org.bitgaze.pipelines.report;

import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.table.Cell;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.transforms.values.Statistics;

/**
 * How one measure differs, image by image: between two precisions, or at one precision between two
 * references.
 *
 * @param model the model's id
 * @param precision the precision of the values
 * @param other the precision, or the reference, whose values are subtracted
 * @param reference what maps are compared with
 * @param measure the measure's id
 * @param pairs the number of images with both values
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
  /** A corrected p-value below this one counts as a difference. */
  private static final double SIGNIFICANT = 0.05;

  /** Computes everything but the correction. */
  static PairedDifference of(Pairs.Place place, String other, String measure, Pairs pairs) {
    double[] differences = pairs.differences();
    int n = differences.length;
    double mean = StatUtils.mean(differences);
    double half =
        n > 1 ? Statistics.ci95(Math.sqrt(StatUtils.variance(differences)), n) : Double.NaN;
    SignedRankTest test = SignedRankTest.of(differences);
    return new PairedDifference(
        place.model(),
        place.precision(),
        other,
        place.reference(),
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
   * Tells which of the two is larger.
   *
   * @return 0 if the corrected test finds no difference; else the effect's sign: 1 if the
   *     differences, weighted by rank, are mostly positive, -1 if they are mostly negative
   */
  public int sign() {
    return significant() ? (int) Math.signum(effect) : 0;
  }

  /** {@return whether the corrected test finds a difference} */
  public boolean significant() {
    return corrected < SIGNIFICANT;
  }

  /** The mean difference with its confidence interval, as tables show it. */
  String interval(int decimals) {
    return Numbers.interval(mean, low, high, false, decimals);
  }

  /** The corrected p, marked if it is a difference. */
  Cell correctedCell() {
    return new Cell(
        corrected, Numbers.pValue(corrected) + (significant() ? " *" : ""), significant());
  }

  PairedDifference withCorrected(double value) {
    return new PairedDifference(
        model, precision, other, reference, measure, pairs, mean, low, high, effect, p, value);
  }
}
