package org.bitgaze.pipelines.gate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.bitgaze.measure.Measure;
import org.bitgaze.pipelines.output.ImageClass;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.transforms.values.Statistics;

/**
 * A condition that every class must satisfy, for one model at one precision. With many classes some
 * miss a threshold by chance: 1000 classes of 50 images, each with 5 % flips, have dozens with more
 * than 10 %. So each class is tested, one-sided, against the hypothesis that it satisfies the
 * condition: a share of images by the binomial distribution, a mean by Student's t. The condition
 * fails if a hypothesis is rejected at 5 % after Holm's correction for the number of classes: a
 * model all of whose classes satisfy the condition passes with a probability of at least 95 %.
 * Answers without a class, such as no detections, belong to no class.
 *
 * @param worst the class with the smallest p, which the judgement's value is of
 * @param p its corrected p
 * @param judged the number of classes with enough images
 * @param beyond how many of them do not satisfy the condition
 * @param failed how many of these beyond chance
 * @param small the number of classes with fewer images, which are not judged
 */
public record ClassOutcome(int worst, double p, int judged, int beyond, int failed, int small) {
  private static final double SIGNIFICANT = 0.05;

  /**
   * What one class has.
   *
   * @param compared all its images
   * @param images those that the value is of: for a mean, those with a value
   * @param satisfied for a share, those that satisfy the relation
   * @param lost those whose map vanished although the reference has values
   */
  private record Found(
      int index, long compared, long images, long satisfied, double mean, double std, long lost) {}

  /**
   * Judges every class.
   *
   * @param condition is per class
   * @return a judgement whose value, interval and images are those of the worst class
   */
  static Judgement judge(Condition condition, RowQueries rows, String model, String precision)
      throws IOException {
    long least = condition.perClass().orElseThrow();
    List<Found> large = new ArrayList<>();
    int small = 0;
    for (Found found : find(condition, rows, model, precision)) {
      if (found.compared >= least) {
        large.add(found);
      } else {
        small++;
      }
    }
    if (large.isEmpty()) {
      double none = Double.NaN;
      ClassOutcome nothing = new ClassOutcome(-1, none, 0, 0, 0, small);
      return new Judgement(
          model, precision, condition, none, none, none, none, 0, 0, "", Optional.of(nothing));
    }
    double[] p = large.stream().mapToDouble(found -> p(condition, found)).toArray();
    double[] corrected = HolmCorrection.of(p);
    int worst = 0;
    int beyond = 0;
    int failed = 0;
    for (int i = 0; i < p.length; i++) {
      worst = p[i] < p[worst] ? i : worst;
      beyond += isBeyond(condition, large.get(i)) ? 1 : 0;
      failed += corrected[i] < SIGNIFICANT ? 1 : 0;
    }
    ClassOutcome outcome =
        new ClassOutcome(large.get(worst).index, corrected[worst], p.length, beyond, failed, small);
    return judgement(condition, model, precision, large.get(worst), outcome);
  }

  private static List<Found> find(
      Condition condition, RowQueries rows, String model, String precision) throws IOException {
    Measure measure = condition.measure();
    // The mean of a measure that is 0 or 1 is the share of images where it is 1.
    String satisfied = condition.share().isPresent() ? condition.relation().symbol() + " ?" : "= ?";
    double bound = condition.share().isPresent() ? condition.threshold() : 1;
    String images = condition.share().isPresent() ? "count(*)" : "count(value)";
    String sql =
        """
        WITH answers AS (
          SELECT key, any_value(predicted_class) AS f32 FROM rows
          WHERE model = ? AND precision = 'f32' GROUP BY key)
        SELECT class, count(*), %1$s, count(*) FILTER (value %2$s), avg(value), stddev_samp(value),
               count(*) FILTER (VANISHED = 1 AND reference_status = 'OK')
        FROM (SELECT %3$s AS class, r.%4$s AS value, r.VANISHED, r.reference_status
              FROM rows r JOIN answers a USING (key)
              WHERE r.model = ? AND r.precision = ? AND r.reference = ? %5$s)
        WHERE class >= 0 GROUP BY class ORDER BY class
        """
            .formatted(
                images,
                satisfied,
                ImageClass.of(rows).labelled() ? "r.label" : "a.f32",
                RowQueries.column(measure.id()),
                // An answer that has nothing to explain is no map that fails.
                measure.isOfMaps() ? "AND r.map_status <> 'NOTHING'" : "");
    List<Found> all =
        rows.query(
            sql,
            row ->
                new Found(
                    row.getInt(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getDouble(5),
                    row.getObject(6) == null ? Double.NaN : row.getDouble(6),
                    measure.isOfMaps() ? row.getLong(7) : 0),
            model,
            bound,
            model,
            precision,
            condition.reference().id());
    // Without values and without lost maps there is nothing to judge.
    return all.stream()
        .filter(found -> found.images > 0 || found.lost > 0)
        .sorted(Comparator.comparingInt(Found::index))
        .toList();
  }

  private static boolean isShare(Condition condition) {
    return condition.share().isPresent() || condition.measure().isShare();
  }

  private static double value(Condition condition, Found found) {
    return isShare(condition) ? (double) found.satisfied / found.images : found.mean;
  }

  /** Whether the class does not satisfy the condition, by chance or not. */
  private static boolean isBeyond(Condition condition, Found found) {
    if (leavesMapsOut(condition, found)) {
      return true;
    }
    double value = value(condition, found);
    return condition.share().isPresent()
        ? value < condition.share().getAsDouble()
        : !condition.relation().holds(value, condition.threshold());
  }

  /** A mean says nothing of maps that vanished, so that it does not hold where any did. */
  private static boolean leavesMapsOut(Condition condition, Found found) {
    return found.lost > 0 && condition.share().isEmpty();
  }

  /** The probability of a value as bad as this one if the class just satisfies the condition. */
  private static double p(Condition condition, Found found) {
    if (leavesMapsOut(condition, found)) {
      return 0;
    }
    boolean atLeast = condition.share().isPresent() || condition.relation().isLowerBound();
    double bound = condition.share().orElse(condition.threshold());
    if (isShare(condition)) {
      // A bound outside of [0, 1] is satisfied by all shares or by none.
      if (bound < 0 || bound > 1) {
        return isBeyond(condition, found) ? 0 : 1;
      }
      int images = (int) found.images;
      int satisfied = (int) found.satisfied;
      // The other tail as that of the opposite event: 1 - P would lose small values.
      return atLeast
          ? new BinomialDistribution(null, images, bound).cumulativeProbability(satisfied)
          : new BinomialDistribution(null, images, 1 - bound)
              .cumulativeProbability(images - satisfied);
    }
    if (found.images < 2 || !(found.std > 0)) {
      return isBeyond(condition, found) ? 0 : 1;
    }
    double t = (found.mean - bound) / (found.std / Math.sqrt(found.images));
    return new TDistribution(null, found.images - 1.0).cumulativeProbability(atLeast ? t : -t);
  }

  private static Judgement judgement(
      Condition condition, String model, String precision, Found worst, ClassOutcome outcome) {
    double value = value(condition, worst);
    double low = Double.NaN;
    double high = Double.NaN;
    if (isShare(condition) && worst.images > 0) {
      WilsonInterval interval = WilsonInterval.of(worst.satisfied, worst.images);
      low = interval.low();
      high = interval.high();
    } else if (worst.images > 1) {
      double half = Statistics.ci95(worst.std, worst.images);
      low = value - half;
      high = value + half;
    }
    return new Judgement(
        model,
        precision,
        condition,
        value,
        low,
        high,
        worst.mean,
        worst.images,
        worst.lost,
        "",
        Optional.of(outcome));
  }

  /** {@return whether there is a class to judge, and none fails beyond chance} */
  boolean holds() {
    return judged > 0 && failed == 0;
  }

  /** {@return whether classes miss the threshold, but none beyond chance} */
  boolean isUncertain() {
    return failed == 0 && beyond > 0;
  }

  /** {@return what was judged, in words} */
  String describe() {
    String left = small == 0 ? "" : ", " + small + " have too few images";
    return judged == 0
        ? "no class has enough images"
        : "%d classes judged%s; %d beyond the threshold, %d of them beyond chance (Holm: p %s)"
            .formatted(judged, left, beyond, failed, Numbers.pValue(p));
  }
}
