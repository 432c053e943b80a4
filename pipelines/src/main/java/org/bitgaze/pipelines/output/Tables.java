package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bitgaze.measure.Reference;

/**
 * Gathers the shards that workers wrote into sorted tables, out of core, so that a million images
 * are no more than a longer wait. DuckDB does the work, in the launching process only.
 */
public final class Tables {
  /** Prefix of the shards of rows. */
  public static final String ROWS = "rows";

  /** Prefix of the shards of rejects. */
  public static final String REJECTS = "rejects";

  /** Prefix of the shards of maps. */
  public static final String MAPS = "maps";

  /** A database of this process alone, which is gone with its connection. */
  static final String IN_MEMORY = "jdbc:duckdb:";

  private Tables() {}

  /** Starts DuckDB once, so that it is loaded when rows come; a failure shows itself then. */
  public static void prepare() {
    try {
      DriverManager.getConnection(IN_MEMORY).close();
    } catch (SQLException | LinkageError e) {
      // Not needed yet.
    }
  }

  /**
   * Writes {@code rows.csv} and {@code rows.parquet}, sorted by image, model, precision and
   * reference.
   *
   * @param shards folder of the shards, {@code rows-*} without header
   * @param models their ids, in the order of the rows
   * @param precisions what maps are called, likewise
   * @param measures ids of all that were taken
   * @param folder where to write
   * @throws IOException if the tables cannot be written
   */
  public static void rows(
      Path shards, List<String> models, List<String> precisions, List<String> measures, Path folder)
      throws IOException {
    List<String> references = Reference.STANDARD.stream().map(Reference::id).toList();
    String order =
        "key, "
            + position(models, "model")
            + ", "
            + position(precisions, "precision")
            + ", "
            + position(references, "reference")
            + ", reference";
    execute(
        "CREATE TABLE t AS " + sorted(shards, ROWS, new RowColumns(measures).types(), order),
        "COPY t TO " + quote(folder.resolve("rows.csv")) + " (HEADER)",
        "COPY t TO " + quote(folder.resolve("rows.parquet")) + " (FORMAT PARQUET)");
  }

  /**
   * Writes {@code rejects.csv}, sorted by image, each line once.
   *
   * @param shards folder of the shards, {@code rejects-*} without header
   * @param folder where to write
   * @throws IOException if the table cannot be written
   */
  public static void rejects(Path shards, Path folder) throws IOException {
    String all = sorted(shards, REJECTS, RowColumns.REJECTS, "key, stage, model, reason");
    // An image that cannot be read is met by each pipeline that reads it.
    execute(
        "CREATE TABLE t AS " + all,
        "COPY (SELECT DISTINCT * FROM t ORDER BY ALL) TO "
            + quote(folder.resolve("rejects.csv"))
            + " (HEADER)");
  }

  /**
   * Counts the images of a table of rejects.
   *
   * @param rejects what {@link #rejects} wrote
   * @return the number of images that have at least one reject
   * @throws IOException if the table cannot be read
   */
  public static long rejectedImages(Path rejects) throws IOException {
    String sql =
        "SELECT count(DISTINCT key) FROM read_csv(%s, header = true, all_varchar = true)"
            .formatted(quote(rejects));
    try (Connection connection = DriverManager.getConnection(IN_MEMORY);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      throw new IOException(rejects + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Writes {@code maps.parquet}, sorted by image: columns key, kind ({@code cam} or the saliency
   * method), model, precision, framing (the part of the image that networks see), height, width,
   * which part of the map shows that (seen_left and so on, as shares), and the values as a list of
   * floats, row by row.
   *
   * @param shards folder of the shards, {@code maps-*} without header
   * @param folder where to write
   * @throws IOException if the table cannot be written
   */
  public static void maps(Path shards, Path folder) throws IOException {
    String all = sorted(shards, MAPS, MapLines.COLUMNS, "key, kind, model, precision, framing");
    execute(
        "COPY ("
            + all
            + ") TO "
            + quote(folder.resolve("maps.parquet"))
            + " (FORMAT PARQUET, COMPRESSION ZSTD)");
  }

  /**
   * Copies a table, in its order.
   *
   * @param csv a table with a header
   * @param parquet where to write it
   * @throws IOException if it cannot be written
   */
  public static void parquet(Path csv, Path parquet) throws IOException {
    execute(
        "COPY (SELECT * FROM read_csv("
            + quote(csv)
            + ", header = true, sample_size = -1)) TO "
            + quote(parquet)
            + " (FORMAT PARQUET)");
  }

  private static String sorted(Path shards, String name, Map<String, String> types, String order)
      throws IOException {
    // Where there was nothing to write, no shard is; the table is there all the same.
    Files.write(shards.resolve(name + "-none"), new byte[0]);
    String columns =
        types.entrySet().stream()
            .map(c -> "'" + c.getKey() + "': '" + c.getValue() + "'")
            .collect(Collectors.joining(", ", "{", "}"));
    return "SELECT * FROM read_csv("
        + quote(shards.resolve(name + "-*"))
        + ", auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"',"
        + " nullstr = '', max_line_size = 16777216, columns = "
        + columns
        + ") ORDER BY "
        + order;
  }

  private static void execute(String... statements) throws IOException {
    try (Connection connection = DriverManager.getConnection(IN_MEMORY);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IOException("the tables cannot be written: " + e.getMessage(), e);
    }
  }

  private static String position(Collection<String> names, String column) {
    String list =
        names.stream()
            .map(n -> "'" + n.replace("'", "''") + "'")
            .collect(Collectors.joining(", ", "[", "]"));
    return "list_position(" + list + ", " + column + ")";
  }

  private static String quote(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
