package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.quant.Precision;

/**
 * Questions to {@code rows.parquet} whose answers are small. DuckDB reads the file for each; no
 * more than one column of one pair of maps is ever in memory.
 */
public final class Rows implements AutoCloseable {
  /** PointPlacement of each distribution function: every fortieth quantile. */
  private static final int QUANTILES = 41;

  private static final int FLIP_BINS = 10;

  /** The reference has values, whether or not the map has. */
  private static final String REFERENCE_HAS_VALUES = "reference_status = 'OK'";

  private final Connection connection;
  private final String table;
  private Set<String> columns;

  /**
   * Opens a table of rows.
   *
   * @param parquet what {@link Tables#rows} wrote
   * @throws IOException if DuckDB cannot start
   */
  public Rows(Path parquet) throws IOException {
    try {
      connection = DriverManager.getConnection(Tables.IN_MEMORY);
    } catch (SQLException e) {
      throw new IOException("DuckDB cannot start: " + e.getMessage(), e);
    }
    table = "read_parquet('" + parquet.toString().replace("'", "''") + "')";
  }

  /**
   * Finds quantiles 0, 1/40, ..., 1 of a measure.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param reference what was compared with
   * @param measure the column
   * @return 41 values; empty if there are none, or the measure was not taken
   * @throws IOException if the rows cannot be read
   */
  public double[] distribution(String model, String precision, String reference, String measure)
      throws IOException {
    if (!columns().contains(measure)) {
      return new double[0];
    }
    StringBuilder levels = new StringBuilder();
    for (int i = 0; i < QUANTILES; i++) {
      levels.append(i == 0 ? "" : ", ").append((double) i / (QUANTILES - 1));
    }
    String sql =
        "SELECT unnest(quantile_cont("
            + quote(measure)
            + ", ["
            + levels
            + "])) FROM "
            + table
            + " WHERE model = ? AND precision = ? AND reference = ?";
    return numbers(sql, model, precision, reference);
  }

  /**
   * One point of drift against alignment.
   *
   * @param alignment CC of the f32 map with a saliency map
   * @param drift 1 - CC of the map with the f32 map
   */
  public record Point(double alignment, double drift) {}

  /**
   * Finds points of the images whose keys have the smallest digests, the same for all maps.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param saliency the reference of alignment
   * @param limit how many at most
   * @return the points
   * @throws IOException if the rows cannot be read
   */
  public List<Point> drifts(String model, String precision, String saliency, int limit)
      throws IOException {
    String sql =
        "SELECT a.CC, 1 - d.CC FROM "
            + table
            + " a JOIN "
            + table
            + " d USING (key, model) WHERE model = ? AND a.precision = 'f32'"
            + " AND a.reference = ? AND d.precision = ? AND d.reference = 'f32'"
            + " AND a.CC IS NOT NULL AND d.CC IS NOT NULL ORDER BY md5(key) LIMIT "
            + limit;
    List<Point> points = new ArrayList<>();
    query(
        sql,
        r -> points.add(new Point(r.getDouble(1), r.getDouble(2))),
        model,
        saliency,
        precision);
    return points;
  }

  /**
   * Comparisons of like drift.
   *
   * @param drift mean 1 - CC
   * @param count how many comparisons
   * @param flips in how many of them the answer flipped
   */
  public record FlipBin(double drift, long count, long flips) {}

  /**
   * Divides a model's comparisons, at all integer precisions, into tenths by drift.
   *
   * @param model its id
   * @return at most ten, by falling correlation
   * @throws IOException if the rows cannot be read
   */
  public List<FlipBin> flips(String model) throws IOException {
    String sql =
        "SELECT avg(drift), count(*), count(*) FILTER (FLIP = 1) FROM (SELECT 1 - CC AS drift, FLIP,"
            + " ntile("
            + FLIP_BINS
            + ") OVER (ORDER BY CC DESC, key, precision) AS bin FROM "
            + table
            + " WHERE model = ? AND reference = 'f32' AND precision <> '"
            + Precision.F32B
            + "' AND CC IS NOT NULL)"
            + " GROUP BY bin ORDER BY bin";
    List<FlipBin> bins = new ArrayList<>();
    query(sql, r -> bins.add(new FlipBin(r.getDouble(1), r.getLong(2), r.getLong(3))), model);
    return bins;
  }

  /**
   * Mean and deviation of a measure.
   *
   * @param mean over the maps that have a value; NaN if none has
   * @param std sample standard deviation; NaN below two values
   */
  public record Spread(double mean, double std) {}

  /**
   * Finds mean and deviation of a measure over the maps that have a value: vanished ones have none.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param reference what was compared with
   * @param measure the column
   * @return both
   * @throws IOException if the rows cannot be read
   */
  public Spread spread(String model, String precision, String reference, String measure)
      throws IOException {
    String column = quote(measure);
    String sql =
        "SELECT "
            + column
            + " FROM "
            + table
            + " WHERE model = ? AND precision = ? AND reference = ? AND "
            + column
            + " IS NOT NULL ORDER BY key";
    double[] values = numbers(sql, model, precision, reference);
    double std = values.length < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(values));
    return new Spread(StatUtils.mean(values), std);
  }

  /**
   * A measure twice, of the images that have both values.
   *
   * @param values one
   * @param others the other, in the same order
   */
  public record Pairs(double[] values, double[] others) {
    /**
     * Tells whether no image has both.
     *
     * @return whether there is no pair
     */
    public boolean isEmpty() {
      return values.length == 0;
    }

    /**
     * Subtracts.
     *
     * @return one minus the other, per image
     */
    public double[] differences() {
      double[] differences = new double[values.length];
      Arrays.setAll(differences, i -> values[i] - others[i]);
      return differences;
    }
  }

  /**
   * Pairs a measure at one precision with the same at another.
   *
   * @param model its id
   * @param reference what was compared with
   * @param measure the column
   * @param precision of one
   * @param other of the other
   * @return the images that have both, by key
   * @throws IOException if the rows cannot be read
   */
  public Pairs precisions(
      String model, String reference, String measure, String precision, String other)
      throws IOException {
    return pairsOf(measure, model, precision, reference, other, reference);
  }

  /**
   * Pairs a measure against one reference with the same against another.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param measure the column
   * @param reference of one
   * @param other of the other
   * @return the images that have both, by key
   * @throws IOException if the rows cannot be read
   */
  public Pairs references(
      String model, String precision, String measure, String reference, String other)
      throws IOException {
    return pairsOf(measure, model, precision, reference, precision, other);
  }

  /**
   * Where the values of a measure are found.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param reference what was compared with
   * @param measure the column
   */
  public record Column(String model, String precision, String reference, String measure) {}

  /**
   * Pairs a measure with the same of another run.
   *
   * @param other another run's rows
   * @param column where the values are here
   * @param model the model's id there
   * @return the images that have both values, by key
   * @throws IOException if the rows cannot be read
   */
  public Pairs common(Rows other, Column column, String model) throws IOException {
    String name = quote(column.measure());
    String where =
        " WHERE model = ? AND precision = ? AND reference = ? AND " + name + " IS NOT NULL";
    String sql =
        "SELECT a.v, b.v FROM (SELECT key, "
            + name
            + " AS v FROM "
            + table
            + where
            + ") a JOIN (SELECT key, "
            + name
            + " AS v FROM "
            + other.table
            + where
            + ") b USING (key) ORDER BY key";
    return pairs(
        sql,
        column.model(),
        column.precision(),
        column.reference(),
        model,
        column.precision(),
        column.reference());
  }

  private Pairs pairsOf(
      String measure,
      String model,
      String precision,
      String reference,
      String otherPrecision,
      String otherReference)
      throws IOException {
    String column = quote(measure);
    String sql =
        "SELECT a."
            + column
            + ", b."
            + column
            + " FROM "
            + table
            + " a JOIN "
            + table
            + " b USING (key, model) WHERE model = ? AND a.precision = ? AND a.reference = ?"
            + " AND b.precision = ? AND b.reference = ? AND a."
            + column
            + " IS NOT NULL AND b."
            + column
            + " IS NOT NULL ORDER BY key";
    return pairs(sql, model, precision, reference, otherPrecision, otherReference);
  }

  private Pairs pairs(String sql, String... arguments) throws IOException {
    List<Double> values = new ArrayList<>();
    List<Double> others = new ArrayList<>();
    query(
        sql,
        r -> {
          values.add(r.getDouble(1));
          others.add(r.getDouble(2));
        },
        arguments);
    return new Pairs(array(values), array(others));
  }

  /**
   * Compares maps at two precisions with those at full precision, image by image, where these have
   * values: a map without any has a correlation of 0.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param other another
   * @return one's correlation minus the other's, by key
   * @throws IOException if the rows cannot be read
   */
  public double[] leads(String model, String precision, String other) throws IOException {
    String own =
        "SELECT key, coalesce(CC, 0) AS v FROM "
            + table
            + " WHERE model = ? AND precision = ? AND reference = 'f32' AND "
            + REFERENCE_HAS_VALUES;
    return numbers(
        "SELECT a.v - b.v FROM (" + own + ") a JOIN (" + own + ") b USING (key) ORDER BY key",
        model,
        precision,
        model,
        other);
  }

  /**
   * Maps that vanished.
   *
   * @param maps how many maps there are
   * @param vanished how many of them are zero everywhere
   * @param clipped of how many of these it is known that their logit lies beyond its range
   */
  public record Vanished(long maps, long vanished, long clipped) {}

  /**
   * Counts the maps of one model and precision; each once, however often it was compared.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @return the counts
   * @throws IOException if the rows cannot be read
   */
  public Vanished vanished(String model, String precision) throws IOException {
    String sql =
        "SELECT count(DISTINCT key), count(DISTINCT key) FILTER (VANISHED = 1), count(DISTINCT key)"
            + " FILTER (map_status = 'CLIPPED') FROM "
            + table
            + " WHERE model = ? AND precision = ? AND VANISHED IS NOT NULL";
    List<Vanished> counts = new ArrayList<>();
    query(
        sql,
        r -> counts.add(new Vanished(r.getLong(1), r.getLong(2), r.getLong(3))),
        model,
        precision);
    return counts.get(0);
  }

  /**
   * Counts the images whose map has vanished where what it is compared with has values: those that
   * a mean against that leaves out.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param reference what was compared with
   * @return how many
   * @throws IOException if the rows cannot be read
   */
  public long vanished(String model, String precision, String reference) throws IOException {
    double[] count =
        numbers(
            "SELECT count(DISTINCT key) FROM "
                + table
                + " WHERE model = ? AND precision = ? AND reference = ? AND VANISHED = 1"
                + " AND "
                + REFERENCE_HAS_VALUES,
            model,
            precision,
            reference);
    return (long) count[0];
  }

  /**
   * A part of the images.
   *
   * @param images how many were compared
   * @param values how many of them have a value
   * @param satisfying how many of these satisfy the condition
   */
  public record Share(long images, long values, long satisfying) {}

  /**
   * Counts the images whose measure satisfies a condition.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param reference what was compared with
   * @param measure the column
   * @param relation an operator of SQL
   * @param threshold what the measure is compared with
   * @return the counts
   * @throws IOException if the rows cannot be read
   */
  public Share share(
      String model,
      String precision,
      String reference,
      String measure,
      String relation,
      double threshold)
      throws IOException {
    String column = quote(measure);
    String sql =
        "SELECT count(*), count("
            + column
            + "), count(*) FILTER ("
            + column
            + " "
            + relation
            + " "
            + threshold
            + ") FROM "
            + table
            + " WHERE model = ? AND precision = ? AND reference = ?";
    List<Share> shares = new ArrayList<>();
    query(
        sql,
        r -> shares.add(new Share(r.getLong(1), r.getLong(2), r.getLong(3))),
        model,
        precision,
        reference);
    return shares.get(0);
  }

  /**
   * An image whose map drifts far.
   *
   * @param key its key
   * @param explainedClass what its maps explain
   * @param cc correlation with the f32 map; null if the map vanished
   */
  public record Drifted(String key, int explainedClass, @Nullable Double cc) {}

  /**
   * Finds the images whose maps drift furthest from those at full precision, where these have
   * values.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param limit how many at the most
   * @return the worst first
   * @throws IOException if the rows cannot be read
   */
  public List<Drifted> worst(String model, String precision, int limit) throws IOException {
    String sql =
        "SELECT key, explained_class, CC FROM "
            + table
            + " WHERE model = ? AND precision = ? AND reference = 'f32'"
            + " AND "
            + REFERENCE_HAS_VALUES
            + " ORDER BY CC NULLS FIRST, key LIMIT "
            + limit;
    List<Drifted> worst = new ArrayList<>();
    query(
        sql,
        r -> {
          double cc = r.getDouble(3);
          worst.add(new Drifted(r.getString(1), r.getInt(2), r.wasNull() ? null : (Double) cc));
        },
        model,
        precision);
    return worst;
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  @FunctionalInterface
  private interface Reader {
    void read(ResultSet row) throws SQLException;
  }

  /** The table's columns, asked for once. */
  private Set<String> columns() throws IOException {
    if (columns == null) {
      Set<String> found = new HashSet<>();
      query("DESCRIBE SELECT * FROM " + table, r -> found.add(r.getString(1)));
      columns = found;
    }
    return columns;
  }

  private double[] numbers(String sql, String... arguments) throws IOException {
    List<Double> numbers = new ArrayList<>();
    query(sql, r -> numbers.add(r.getDouble(1)), arguments);
    return array(numbers);
  }

  private static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void query(String sql, Reader reader, String... arguments) throws IOException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setString(i + 1, arguments[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          reader.read(result);
        }
      }
    } catch (SQLException e) {
      throw new IOException("rows.parquet cannot be read: " + e.getMessage(), e);
    }
  }

  private static String quote(String column) {
    return '"' + column.replace("\"", "\"\"") + '"';
  }
}
