package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.pipelines.output.Rows;
import org.duckdb.DuckDBConnection;

/**
 * The rows of all runs, open for queries by several threads. DuckDB reads the files for each query.
 * Values of users are always bound as parameters; only names of known columns become SQL.
 */
final class ViewDatabase implements AutoCloseable {
  private final DuckDBConnection connection;

  /** Opens an empty database in memory. */
  ViewDatabase() throws IOException {
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class);
    } catch (SQLException e) {
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
  <T> List<T> query(String sql, List<?> arguments, Rows.Reader<T> reader) throws IOException {
    try (Connection own = connection.duplicate();
        PreparedStatement statement = own.prepareStatement(sql)) {
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
    }
  }
}
