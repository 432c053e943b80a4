package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Cell;
import org.bitgaze.pipelines.table.Numbers;

/**
 * Two maps that one network judges by one measure of faithfulness, image by image.
 *
 * @param judge the precision of the network that judges
 * @param first mean score of the first map, over the images that have both
 * @param second mean score of the second map, over the same images
 * @param difference the first map's score minus the second's, paired per image; p is corrected for
 *     all pairs of its table
 */
public record JudgedPair(String judge, double first, double second, PairedDifference difference) {

  /**
   * Pairs two maps.
   *
   * @param precision whose rows hold the scores
   * @param judge the precision of the network that judges
   * @param first the reference of the first map's rows
   * @param second the reference of the second map's rows
   * @return one pair per measure of faithfulness that was taken and has values; not corrected
   */
  static List<JudgedPair> of(
      Summary summary,
      RowQueries rows,
      String model,
      String precision,
      String judge,
      Reference first,
      Reference second)
      throws IOException {
    List<JudgedPair> all = new ArrayList<>();
    for (Measure measure : summary.measures(MeasureCatalog.ofFaithfulness()::contains)) {
      Pairs.Place place = new Pairs.Place(model, precision, first.id());
      Pairs.Place other = new Pairs.Place(model, precision, second.id());
      Pairs pairs = Pairs.of(rows, measure.id(), place, other);
      if (!pairs.isEmpty()) {
        all.add(
            new JudgedPair(
                judge,
                StatUtils.mean(pairs.values()),
                StatUtils.mean(pairs.others()),
                PairedDifference.of(place, second.id(), measure.id(), pairs)));
      }
    }
    return all;
  }

  /** The pairs with p-values that are corrected for all of them. */
  static List<JudgedPair> corrected(List<JudgedPair> pairs) {
    List<JudgedPair> all = new ArrayList<>(pairs);
    Holm.correct(
        all, JudgedPair::difference, (p, d) -> new JudgedPair(p.judge, p.first, p.second, d));
    return all;
  }

  private boolean isLargerBetter() {
    return MeasureCatalog.of(difference.measure()).better() == Measure.Better.LARGER;
  }

  /** {@return 1 if the corrected test finds the first map better, -1 if worse, else 0} */
  public int sign() {
    return isLargerBetter() ? difference.sign() : -difference.sign();
  }

  /** {@return how much better the first map is, in the measure's unit} */
  public double gain() {
    return isLargerBetter() ? difference.mean() : -difference.mean();
  }

  /** The gain with its 95 % confidence interval. */
  String interval() {
    return isLargerBetter()
        ? difference.interval(3)
        : Numbers.interval(-difference.mean(), -difference.high(), -difference.low(), false, 3);
  }

  /** {@return such as {@code INSERTION gains 0.298 [0.200, 0.396], p 0.0010}} */
  String words() {
    return "%s gains %s, p %s"
        .formatted(difference.measure(), interval(), Numbers.pValue(difference.corrected()));
  }

  Cell corrected() {
    return difference.correctedCell();
  }

  /**
   * Tells whether so few images could show a difference at all.
   *
   * @param tests number of tests that p is corrected for
   */
  boolean isTooSmall(int tests) {
    return Math.pow(2, 1.0 - difference.pairs()) * tests >= 0.05;
  }

  /** The mean probability that a network gives the class that a precision's maps explain. */
  static Optional<Double> confidence(
      Summary summary, String model, String precision, Reference judge) {
    return summary
        .line(model, precision, judge.id(), "CONFIDENCE")
        .flatMap(line -> Optional.ofNullable(line.mean()));
  }

  /** The gain as a share of that probability. */
  static String share(double gain, Optional<Double> confidence) {
    return confidence
        .filter(c -> c > 0)
        .map(c -> String.format(Locale.ROOT, "%.0f %%", 100 * gain / c))
        .orElse("-");
  }
}
