package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * A measure at two places in rows, for the images that have both values.
 *
 * @param values at the one place
 * @param others at the other place, in the same order
 */
public record Pairs(double[] values, double[] others) {
  /**
   * Where the values of a measure are found.
   *
   * @param model the model's id
   * @param precision such as {@code int8}
   * @param reference what maps are compared with
   */
  public record Place(String model, String precision, String reference) {}

  /**
   * Pairs a measure at two places of a run.
   *
   * @param place where the values are
   * @param other where the others are
   * @return the images that have both, by key; none if the measure was not taken
   */
  public static Pairs of(RowQueries rows, String measure, Place place, Place other)
      throws IOException {
    if (!rows.has(measure)) {
      return new Pairs(new double[0], new double[0]);
    }
    if (!rows.hasValues(measure)) {
      return of(rows, measure, place, rows, other);
    }
    double[] values = rows.values(place, measure);
    double[] others = rows.values(other, measure);
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i]) && !Double.isNaN(others[i])) {
        values[count] = values[i];
        others[count++] = others[i];
      }
    }
    return new Pairs(Arrays.copyOf(values, count), Arrays.copyOf(others, count));
  }

  /**
   * Pairs a measure in two runs.
   *
   * @param rows one run's rows
   * @param place where the values are in these
   * @param otherRows another run's rows
   * @param other where the values are in those
   * @return the images that have both, by key; none if a run lacks the measure
   */
  public static Pairs of(
      RowQueries rows, String measure, Place place, RowQueries otherRows, Place other)
      throws IOException {
    if (!rows.has(measure) || !otherRows.has(measure)) {
      return new Pairs(new double[0], new double[0]);
    }
    String sql =
        """
        SELECT a.value, b.value
        FROM (SELECT key, %1$s AS value FROM %2$s
              WHERE model = ? AND precision = ? AND reference = ? AND %1$s IS NOT NULL) a
        JOIN (SELECT key, %1$s AS value FROM %3$s
              WHERE model = ? AND precision = ? AND reference = ? AND %1$s IS NOT NULL) b
        USING (key)
        ORDER BY key
        """
            .formatted(RowQueries.column(measure), rows.source(), otherRows.source());
    List<double[]> pairs =
        rows.query(
            sql,
            row -> new double[] {row.getDouble(1), row.getDouble(2)},
            place.model(),
            place.precision(),
            place.reference(),
            other.model(),
            other.precision(),
            other.reference());
    return new Pairs(
        pairs.stream().mapToDouble(pair -> pair[0]).toArray(),
        pairs.stream().mapToDouble(pair -> pair[1]).toArray());
  }

  /** {@return whether no image has both values} */
  public boolean isEmpty() {
    return values.length == 0;
  }

  /** {@return the values minus the others, one per image} */
  public double[] differences() {
    double[] differences = new double[values.length];
    Arrays.setAll(differences, i -> values[i] - others[i]);
    return differences;
  }
}
