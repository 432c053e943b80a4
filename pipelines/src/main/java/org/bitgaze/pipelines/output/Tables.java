package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Gathers the shards that workers wrote into sorted tables, out of core, so that a million images
 * are no more than a longer wait. DuckDB does the work, in the launching process only.
 */
public final class Tables {
  private Tables() {}

  /**
   * Writes {@code rows.csv} and {@code rows.parquet}, sorted by image, network, precision and
   * reference.
   *
   * @param shards folder of the shards, {@code rows-*.csv} without header
   * @param networks the networks' order
   * @param precisions the precisions' order
   * @param folder where to write
   * @throws IOException if the tables cannot be written
   */
  public static void rows(Path shards, List<String> networks, List<String> precisions, Path folder)
      throws IOException {
    String order =
        "key, list_position("
            + list(networks)
            + ", network), list_position("
            + list(precisions)
            + ", precision), reference DESC";
    String sorted = sorted(shards, "rows", RowCsv.ROW_COLUMNS, order);
    execute(
        "CREATE TABLE t AS " + sorted,
        "COPY t TO " + quote(folder.resolve("rows.csv")) + " (HEADER)",
        "COPY t TO " + quote(folder.resolve("rows.parquet")) + " (FORMAT PARQUET)");
  }

  /**
   * Writes {@code rejects.csv}, sorted by image.
   *
   * @param shards folder of the shards, {@code rejects-*.csv} without header
   * @param folder where to write
   * @throws IOException if the table cannot be written
   */
  public static void rejects(Path shards, Path folder) throws IOException {
    execute(
        "COPY ("
            + sorted(shards, "rejects", RowCsv.REJECT_COLUMNS, "key, reason")
            + ") TO "
            + quote(folder.resolve("rejects.csv"))
            + " (HEADER)");
  }

  private static String sorted(Path shards, String name, List<String[]> columns, String order) {
    String types =
        columns.stream()
            .map(c -> "'" + c[0] + "': '" + c[1] + "'")
            .collect(Collectors.joining(", ", "{", "}"));
    return "SELECT * FROM read_csv("
        + quote(shards.resolve(name + "-*.csv"))
        + ", auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', columns = "
        + types
        + ") ORDER BY "
        + order;
  }

  private static void execute(String... statements) throws IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IOException("the tables cannot be written: " + e.getMessage(), e);
    }
  }

  private static String list(List<String> names) {
    return names.stream().map(n -> "'" + n + "'").collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quote(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
