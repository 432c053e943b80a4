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
 * Merges the workers' shards into sorted tables. DuckDB does the work, in the launching process
 * only, and spills to disk what does not fit into memory.
 */
public final class Tables {
  /** Prefix of the shards of rows. */
  public static final String ROWS = "rows";

  /** Prefix of the shards of rejects. */
  public static final String REJECTS = "rejects";

  /** Prefix of the shards of maps. */
  public static final String MAPS = "maps";

  /** A database of this process alone, which disappears with its connection. */
  static final String IN_MEMORY = "jdbc:duckdb:";

  private Tables() {}

  /**
   * Loads DuckDB's native library, so that it is ready when rows arrive. If this fails, the error
   * is reported where the library is used.
   */
  public static void prepare() {
    try {
      DriverManager.getConnection(IN_MEMORY).close();
    } catch (SQLException | LinkageError e) {
      // Not needed yet.
    }
  }

  /**
   * Writes {@code rows.parquet} and {@code rows.csv}, sorted by image, model, precision and
   * reference.
   *
   * @param shards folder of the shards, {@code rows-*} without header
   * @param models their ids, in the order of the rows
   * @param precisions what maps are called, in the order of the rows
   * @param measures ids of all measures that were taken
   */
  public static void rows(
      Path shards, List<String> models, List<String> precisions, List<String> measures, Path folder)
      throws IOException {
    List<String> references = Reference.STANDARD.stream().map(Reference::id).toList();
    String order =
        "key, list_position(%s, model), list_position(%s, precision), list_position(%s, reference), reference"
            .formatted(list(models), list(precisions), list(references));
    String parquet = literal(folder.resolve("rows.parquet").toString());
    execute(
        """
        COPY (%s ORDER BY %s) TO %s (FORMAT PARQUET);
        COPY (FROM read_parquet(%3$s)) TO %4$s (HEADER)
        """
            .formatted(
                shards(shards, ROWS, new RowColumns(measures).types()),
                order,
                parquet,
                literal(folder.resolve("rows.csv").toString())));
  }

  /**
   * Writes {@code rejects.csv}, sorted by image. An image that cannot be read is rejected by each
   * pipeline that reads it, and is listed once.
   *
   * @param shards folder of the shards, {@code rejects-*} without header
   */
  public static void rejects(Path shards, Path folder) throws IOException {
    execute(
        "COPY (SELECT DISTINCT * FROM (%s) ORDER BY ALL) TO %s (HEADER)"
            .formatted(
                shards(shards, REJECTS, RowColumns.REJECTS),
                literal(folder.resolve("rejects.csv").toString())));
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
        """
        SELECT count(DISTINCT key) FROM read_csv(%s, auto_detect = false, header = true, delim = ',',
          quote = '"', escape = '"', max_line_size = 16777216,
          columns = {'key': 'VARCHAR', 'stage': 'VARCHAR', 'model': 'VARCHAR', 'reason': 'VARCHAR'})
        """
            .formatted(literal(rejects.toString()));
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
   */
  public static void maps(Path shards, Path folder) throws IOException {
    execute(
        """
        COPY (%s ORDER BY key, kind, model, precision, framing)
        TO %s (FORMAT PARQUET, COMPRESSION ZSTD)
        """
            .formatted(
                shards(shards, MAPS, MapLines.COLUMNS),
                literal(folder.resolve("maps.parquet").toString())));
  }

  /**
   * Copies a table, in its order.
   *
   * @param csv a table with a header
   * @param parquet where to write it
   */
  public static void parquet(Path csv, Path parquet) throws IOException {
    execute(
        "COPY (FROM read_csv(%s, header = true, sample_size = -1)) TO %s (FORMAT PARQUET)"
            .formatted(literal(csv.toString()), literal(parquet.toString())));
  }

  /** A query for all rows of the shards of one name. */
  private static String shards(Path folder, String name, Map<String, String> types)
      throws IOException {
    // Workers that have nothing to write leave no shard; DuckDB wants at least one file.
    Files.write(folder.resolve(name + "-none"), new byte[0]);
    String columns =
        types.entrySet().stream()
            .map(column -> "'" + column.getKey() + "': '" + column.getValue() + "'")
            .collect(Collectors.joining(", ", "{", "}"));
    return """
        FROM read_csv(%s, auto_detect = false, header = false, delim = ',', quote = '"',
                      escape = '"', nullstr = '', max_line_size = 16777216, columns = %s)
        """
        .formatted(literal(folder.resolve(name + "-*").toString()), columns);
  }

  private static void execute(String sql) throws IOException {
    try (Connection connection = DriverManager.getConnection(IN_MEMORY);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IOException("the tables cannot be written: " + e.getMessage(), e);
    }
  }

  private static String list(Collection<String> names) {
    return names.stream().map(Tables::literal).collect(Collectors.joining(", ", "[", "]"));
  }

  /** Quotes text for SQL. */
  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
