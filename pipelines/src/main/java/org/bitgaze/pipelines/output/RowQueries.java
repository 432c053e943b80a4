package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;

/**
 * A run's {@code rows.parquet}, open for queries: in SQL, the view {@code rows}. A report has
 * hundreds of questions. For these there are tables and columns that are made once, in temporary
 * files, so that only answers are in memory.
 */
public final class RowQueries implements AutoCloseable {
  private final Connection connection;
  private final String source;
  private final Set<String> columns = new HashSet<>();
  private final List<String> numbers = new ArrayList<>();
  private ReportTables tables;

  /** Reads one row of an answer. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads a row.
     *
     * @param row the answer, at that row
     * @return what the row says
     * @throws SQLException if a column has another type
     */
    T read(ResultSet row) throws SQLException;
  }

  /** {@return whether an audit's output has rows, as a table or as a dataset} */
  public static boolean exist(Path folder) {
    return Files.exists(folder.resolve("rows.parquet"))
        || Files.isDirectory(folder.resolve("rows"));
  }

  /**
   * Opens the rows of an audit.
   *
   * @param folder the audit's output
   * @return the rows: {@code rows.parquet}, or, of an audit without one, the dataset {@code rows}
   * @throws IOException if DuckDB cannot start, or cannot read the files
   */
  public static RowQueries of(Path folder) throws IOException {
    Path table = folder.resolve("rows.parquet");
    return new RowQueries(Files.exists(table) ? table : folder.resolve("rows"));
  }

  /**
   * Opens a table of rows.
   *
   * @param parquet what {@link Tables#rows} wrote, or the folder of a dataset
   * @throws IOException if DuckDB cannot start, or cannot read the file
   */
  public RowQueries(Path parquet) throws IOException {
    String files = Files.isDirectory(parquet) ? parquet + "/*.parquet" : parquet.toString();
    source = "read_parquet(" + Tables.literal(files) + ")";
    try {
      connection = Tables.open();
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE VIEW rows AS FROM " + source);
      }
    } catch (SQLException e) {
      throw new IOException(parquet + " cannot be read: " + e.getMessage(), e);
    }
    query(
        "SELECT column_name, column_type = 'DOUBLE' FROM (DESCRIBE rows)",
        row -> {
          columns.add(row.getString(1));
          return row.getBoolean(2) && numbers.add(row.getString(1));
        });
    numbers.remove("probability");
    MeasureCatalog.all(Measure::isShare).forEach(measure -> numbers.remove(measure.id()));
  }

  /**
   * Makes the tables that a report asks, at once and on several threads. Without this call each is
   * made when it is first needed.
   *
   * @return these rows
   */
  public RowQueries prepared() throws IOException {
    tables().startColumns();
    return withDrifts().withAnswers();
  }

  /**
   * Provides the tables {@code drifts} (the rows against f32, with {@code image_number}, the number
   * of the image in the order of the keys, in place of the key) and {@code images} ({@code key},
   * {@code image_number}) for queries.
   *
   * @return these rows
   */
  public RowQueries withDrifts() throws IOException {
    try {
      tables().addDrifts();
      return this;
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /**
   * Provides the table {@code answers} ({@code image_number}, {@code model}, and {@code f32}, the
   * class that f32 predicts) for queries.
   *
   * @return these rows
   */
  public RowQueries withAnswers() throws IOException {
    try {
      tables().addAnswers();
      return this;
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /**
   * Names the rows against one reference, for a query: they have {@code image_number}, the number
   * of the image, in place of the key.
   *
   * @return a table in SQL
   */
  public String against(String reference) throws IOException {
    if (reference.equals(Reference.F32.id())) {
      withDrifts();
      return "drifts";
    }
    tables();
    return "(SELECT * FROM rows JOIN images USING (key) WHERE reference = %s)"
        .formatted(Tables.literal(reference));
  }

  /** {@return the number of images} */
  public int images() throws IOException {
    return tables().images();
  }

  /** {@return all images' numbers, by the digests of their keys: an order without a meaning} */
  public List<Integer> digestOrder() throws IOException {
    tables();
    return query("SELECT image_number FROM images ORDER BY md5(key)", row -> row.getInt(1));
  }

  private synchronized ReportTables tables() throws IOException {
    try {
      if (tables == null) {
        tables = new ReportTables(connection, numbers);
      }
      return tables;
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /** {@return the places that have a value of a measure, in no order} */
  public List<Pairs.Place> places(String measure) throws IOException {
    return tables().columns().places(measure);
  }

  /** {@return whether {@link #values} has the measure: it is in the rows, and not a share} */
  public boolean hasValues(String measure) {
    return numbers.contains(measure);
  }

  /**
   * Returns the values of a measure that is not a share, from a table that is made once.
   *
   * @return one number per image, by key; NaN where there is no value
   * @throws IllegalArgumentException if the measure is a share, or there is no such column
   */
  public double[] values(Pairs.Place place, String measure) throws IOException {
    if (!numbers.contains(measure)) {
      throw new IllegalArgumentException("the rows have no column of values of " + measure);
    }
    return tables().columns().values(place, measure);
  }

  private static IOException unreadable(SQLException e) {
    return new IOException("rows.parquet cannot be read: " + e.getMessage(), e);
  }

  /** {@return the table in SQL, for queries over the rows of several runs} */
  public String source() {
    return source;
  }

  /**
   * Tells whether the rows have a measure.
   *
   * @return whether there is such a column
   */
  public boolean has(String measure) {
    return columns.contains(measure);
  }

  /**
   * Quotes a measure's column for SQL.
   *
   * @return an identifier
   */
  public static String column(String measure) {
    return '"' + measure.replace("\"", "\"\"") + '"';
  }

  /**
   * Runs a query.
   *
   * @param sql a statement with a question mark for each argument
   * @param reader reads one row of the answer
   * @param arguments values of the question marks, in their order
   * @return what was read, one entry per row
   * @throws IOException if the query fails
   */
  public <T> List<T> query(String sql, Reader<T> reader, Object... arguments) throws IOException {
    try {
      return query(connection, sql, reader, Arrays.asList(arguments));
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /**
   * Runs a query.
   *
   * @param connection a database
   * @param sql a statement with a question mark for each argument
   * @param reader reads one row of the answer
   * @param arguments values of the question marks, in their order
   * @return what was read, one entry per row
   * @throws SQLException if the query fails
   */
  public static <T> List<T> query(
      Connection connection, String sql, Reader<T> reader, List<?> arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.size(); i++) {
        statement.setObject(i + 1, arguments.get(i));
      }
      List<T> answer = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          answer.add(reader.read(row));
        }
      }
      return answer;
    }
  }

  /**
   * Runs a query for numbers.
   *
   * @param sql a statement with a question mark for each argument, whose answer has one column
   * @param arguments values of the question marks, in their order
   * @return the numbers, one per row
   * @throws IOException if the query fails
   */
  public double[] numbers(String sql, Object... arguments) throws IOException {
    return query(sql, row -> row.getDouble(1), arguments).stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
    synchronized (this) {
      if (tables != null) {
        tables.close();
      }
    }
  }
}
