package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.RowQueries;
import org.duckdb.DuckDBConnection;

/**
 * The rows of all runs, open for queries by several threads. Values of users are always bound as
 * parameters; only names of known columns become SQL.
 */
final class ViewDatabase implements AutoCloseable {
  private final DuckDBConnection connection;
  private final Path folder;

  /** Opens an empty database in a temporary file, which is deleted when it is closed. */
  ViewDatabase() throws IOException {
    folder = Files.createTempDirectory("bitgaze-view");
    // For a process that is interrupted while it reads; files are deleted in the reverse order.
    folder.toFile().deleteOnExit();
    for (String name : List.of("rows.duckdb.wal", "rows.duckdb")) {
      folder.resolve(name).toFile().deleteOnExit();
    }
    try {
      connection =
          DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("rows.duckdb"))
              .unwrap(DuckDBConnection.class);
    } catch (SQLException e) {
      BeamFiles.deleteTree(folder);
      throw new IOException("DuckDB cannot start: " + e.getMessage(), e);
    }
  }

  /**
   * Runs statements without an answer.
   *
   * @param sql statements without any value of a user
   */
  void execute(String sql) throws IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IOException("the results cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Runs a query.
   *
   * @param sql a statement with a question mark for each argument
   * @param arguments values of the question marks, in their order
   * @param reader reads one row of the answer
   * @return what was read, one entry per row
   */
  <T> List<T> query(String sql, List<?> arguments, RowQueries.Reader<T> reader) throws IOException {
    try (Connection own = connection.duplicate()) {
      return RowQueries.query(own, sql, reader, arguments);
    } catch (SQLException e) {
      throw new IOException("the results cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException(e);
    } finally {
      BeamFiles.deleteTree(folder);
    }
  }
}
