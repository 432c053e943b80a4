package org.bitgaze.pipelines.output;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.duckdb.DuckDBConnection;

/**
 * Tables that are made from rows once, for the many questions of a report. They are in a temporary
 * database file, compressed, and disappear with it:
 *
 * <ul>
 *   <li>{@code images}: each {@code key}, and {@code image_number}, its number in the order of the
 *       keys, from 0;
 *   <li>{@code drifts}: the rows whose reference is f32, with {@code image_number} in place of the
 *       key, without probability and explained class;
 *   <li>{@code answers}: {@code image_number}, {@code model}, and {@code f32}, the class that f32
 *       predicts.
 * </ul>
 *
 * Each is made when it is first needed.
 */
final class ReportTables implements Closeable {
  private final DuckDBConnection connection;
  private final List<String> measures;
  private final Path folder;
  private final int images;
  private final Set<String> made = new HashSet<>();
  private CompletableFuture<ValueColumns> columns;

  /**
   * Numbers the images.
   *
   * @param connection a database with the view {@code rows}
   * @param measures columns of the rows that are wanted as columns of values
   */
  ReportTables(Connection connection, List<String> measures) throws SQLException, IOException {
    this.connection = connection.unwrap(DuckDBConnection.class);
    this.measures = measures;
    folder = Files.createTempDirectory("bitgaze-report");
    // For a process that is interrupted; files are deleted in the reverse order.
    folder.toFile().deleteOnExit();
    files().forEach(file -> file.toFile().deleteOnExit());
    try {
      images = numberImages();
    } catch (SQLException e) {
      detach(e);
      deleteFiles();
      throw e;
    }
  }

  private int numberImages() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          ATTACH %s AS report;
          CREATE TABLE report.images AS
            SELECT key, CAST(row_number() OVER (ORDER BY key) - 1 AS INTEGER) AS image_number
            FROM (SELECT DISTINCT key FROM rows);
          CREATE VIEW images AS FROM report.images;
          """
              .formatted(Tables.literal(files().get(0).toString())));
    }
    return RowQueries.query(
            connection, "SELECT count(*) FROM images", row -> row.getInt(1), List.of())
        .get(0);
  }

  /** Detaches the database, so that it can be attached again when there is space. */
  private void detach(SQLException failure) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DETACH DATABASE IF EXISTS report");
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private List<Path> files() {
    return List.of(folder.resolve("tables.duckdb"), folder.resolve("tables.duckdb.wal"));
  }

  private void deleteFiles() throws IOException {
    for (Path file : files()) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
  }

  /** {@return the number of images} */
  int images() {
    return images;
  }

  /** Makes {@code drifts} unless it is there. */
  void addDrifts() throws SQLException {
    add(
        "drifts",
        """
        SELECT image_number,
               COLUMNS(c -> c NOT IN ('key', 'image_number', 'reference', 'probability', 'explained_class'))
        FROM rows JOIN images USING (key)
        WHERE reference = 'f32'
        """);
  }

  /** Makes {@code answers} unless it is there. */
  void addAnswers() throws SQLException {
    add(
        "answers",
        """
        SELECT image_number, model, any_value(predicted_class) AS f32
        FROM rows JOIN images USING (key) WHERE precision = 'f32' GROUP BY image_number, model
        """);
  }

  private synchronized void add(String name, String sql) throws SQLException {
    if (made.contains(name)) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE report.%s AS %s".formatted(name, sql));
      statement.execute("CREATE VIEW %1$s AS FROM report.%1$s".formatted(name));
    }
    made.add(name);
  }

  /** Begins to read the columns of values, on another thread, unless it has begun. */
  synchronized void startColumns() {
    if (columns == null) {
      columns = CompletableFuture.supplyAsync(this::readColumns);
    }
  }

  private ValueColumns readColumns() {
    try (Connection own = connection.duplicate();
        Statement statement = own.createStatement()) {
      // Else the whole answer, one record per row, would be in memory.
      statement.execute("SET jdbc_stream_results = true");
      return ValueColumns.of(own, images, measures, folder.resolve("values"));
    } catch (SQLException | IOException e) {
      throw new CompletionException(e);
    }
  }

  /** {@return the columns of values; waits until they have been read} */
  ValueColumns columns() throws IOException {
    startColumns();
    try {
      return columns.join();
    } catch (CompletionException e) {
      throw new IOException("the rows cannot be read: " + e.getCause().getMessage(), e);
    }
  }

  /** Deletes the tables. The database must be closed before. */
  @Override
  public void close() throws IOException {
    try {
      if (columns != null && !columns.isCompletedExceptionally()) {
        columns().close();
      }
    } finally {
      deleteFiles();
    }
  }
}
