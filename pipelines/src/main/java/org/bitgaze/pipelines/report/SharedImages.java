package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.TDistribution;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.table.Numbers;

/**
 * How the audited images that also calibrated the ranges differ from the other audited images.
 *
 * @param model the model's id
 * @param precision the precision
 * @param difference their mean CC with f32's map minus that of the other images
 * @param low lower end of its 95 % confidence interval (Welch's t)
 * @param high upper end of it
 */
public record SharedImages(
    String model, String precision, double difference, double low, double high) {

  /** A group's mean, variance and size. */
  private record Group(boolean shared, double mean, double variance, long count) {
    double meanVariance() {
      return variance / count;
    }
  }

  /**
   * Compares the two groups.
   *
   * @param keys keys of the images that calibrated the ranges
   * @param rows the audit's rows
   * @param model the model's id
   * @param precision the precision
   * @return the difference; empty if a group has fewer than two values
   * @throws IOException if the rows cannot be read
   */
  static Optional<SharedImages> of(
      List<String> keys, RowQueries rows, String model, String precision) throws IOException {
    String cc = StandardMeasure.CC.id();
    if (!rows.has(cc)) {
      return Optional.empty();
    }
    String sql =
        """
        SELECT image_number IN (SELECT image_number FROM images WHERE key IN (%s)) AS shared,
               avg(%2$s), var_samp(%2$s), count(*)
        FROM drifts
        WHERE model = ? AND precision = ? AND %2$s IS NOT NULL
        GROUP BY shared HAVING count(*) > 1 ORDER BY shared
        """
            .formatted(
                String.join(", ", Collections.nCopies(keys.size(), "?")), RowQueries.column(cc));
    Object[] arguments = new Object[keys.size() + 2];
    keys.toArray(arguments);
    arguments[keys.size()] = model;
    arguments[keys.size() + 1] = precision;
    List<Group> groups =
        rows.withDrifts()
            .query(
                sql,
                row ->
                    new Group(
                        row.getBoolean(1), row.getDouble(2), row.getDouble(3), row.getLong(4)),
                arguments);
    return groups.size() == 2
        ? Optional.of(welch(model, precision, groups.get(1), groups.get(0)))
        : Optional.empty();
  }

  /** Welch (1947): the degrees of freedom of Welch and Satterthwaite. */
  private static SharedImages welch(String model, String precision, Group shared, Group others) {
    double variance = shared.meanVariance() + others.meanVariance();
    double freedom =
        variance
            * variance
            / (shared.meanVariance() * shared.meanVariance() / (shared.count() - 1)
                + others.meanVariance() * others.meanVariance() / (others.count() - 1));
    double half =
        variance > 0
            ? new TDistribution(null, freedom).inverseCumulativeProbability(0.975)
                * Math.sqrt(variance)
            : 0;
    double difference = shared.mean() - others.mean();
    return new SharedImages(model, precision, difference, difference - half, difference + half);
  }

  /** {@return whether the interval excludes 0} */
  public boolean differs() {
    return low > 0 || high < 0;
  }

  /** {@return model, precision and difference as a phrase} */
  String text() {
    return "%s %s %s"
        .formatted(model, precision, Numbers.interval(difference, low, high, false, 4));
  }
}
