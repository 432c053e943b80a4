package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

  /** What sorting may take before it spills to disk. */
  private static final String MEMORY = "1GB";

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
   * @param shards folder of the shards, {@code rows-*.parquet}
   * @param order the order of the rows
   * @param folder where to write
   */
  public static void rows(Path shards, RowOrder order, Path folder) throws IOException {
    rows(shards(shards, ROWS), order, folder);
  }

  /**
   * Writes {@code rows.parquet} and {@code rows.csv}, sorted by image, model, precision and
   * reference.
   *
   * @param datasets Parquet files of rows
   * @param order the order of the rows
   * @param folder where to write
   */
  public static void rows(List<Path> datasets, RowOrder order, Path folder) throws IOException {
    String parquet = literal(folder.resolve("rows.parquet").toString());
    execute(
        """
        COPY (%s ORDER BY %s) TO %s (FORMAT PARQUET);
        COPY (FROM read_parquet(%3$s)) TO %4$s (HEADER)
        """
            .formatted(
                parquetFiles(datasets, new RowColumns(order.measures()).types()),
                order.sql(),
                parquet,
                literal(folder.resolve("rows.csv").toString())));
  }

  /**
   * Writes the rows of a part to one file, sorted and compressed by zstd, with what its columns
   * mean as metadata.
   *
   * @param shards folder of the shards, {@code rows-*.parquet}
   * @param order the order of the rows
   * @param file where to write
   * @return the number of rows
   */
  public static long part(Path shards, RowOrder order, Path file) throws IOException {
    List<Path> all = shards(shards, ROWS);
    execute(
        "COPY (%s ORDER BY %s) TO %s (FORMAT PARQUET, COMPRESSION ZSTD%s)"
            .formatted(
                parquetFiles(all, new RowColumns(order.measures()).types()),
                order.sql(),
                literal(file.toString()),
                metadata(all)));
    return count(file);
  }

  /**
   * Counts the rows of a Parquet file.
   *
   * @return their number
   */
  private static long count(Path file) throws IOException {
    return count(file, "SELECT count(*) FROM read_parquet(" + literal(file.toString()) + ")");
  }

  private static long count(Path file, String sql) throws IOException {
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The workers' metadata, which is the same in all shards, for DuckDB's writer. */
  private static String metadata(List<Path> shards) throws IOException {
    if (shards.isEmpty()) {
      return "";
    }
    String sql =
        "SELECT decode(key), decode(value) FROM parquet_kv_metadata(%s) WHERE decode(key) NOT LIKE '%%.%%' ORDER BY key"
            .formatted(literal(shards.get(0).toString()));
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> entries = new ArrayList<>();
      while (result.next()) {
        entries.add(RowQueries.column(result.getString(1)) + ": " + literal(result.getString(2)));
      }
      return ", KV_METADATA {" + String.join(", ", entries) + "}";
    } catch (SQLException e) {
      throw new IOException(shards.get(0) + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Writes {@code rejects.csv}, sorted by image. An image that cannot be read is rejected by each
   * pipeline that reads it, and is listed once.
   *
   * @param shards folder of the shards, {@code rejects-*} without header
   */
  public static void rejects(Path shards, Path folder) throws IOException {
    rejects(files(shards, REJECTS + "-*"), folder);
  }

  /**
   * Writes {@code rejects.csv}, sorted by image.
   *
   * @param files CSV files of rejects, without header
   * @param folder where to write
   */
  public static void rejects(List<Path> files, Path folder) throws IOException {
    Path target = folder.resolve("rejects.csv");
    if (files.isEmpty()) {
      Files.writeString(target, String.join(",", RowColumns.REJECTS.keySet()) + "\n");
      return;
    }
    String columns =
        RowColumns.REJECTS.entrySet().stream()
            .map(column -> literal(column.getKey()) + ": " + literal(column.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
    execute(
        """
        COPY (SELECT DISTINCT * FROM read_csv(%s, auto_detect = false, header = false, delim = ',',
                quote = '"', escape = '"', nullstr = '', max_line_size = 16777216, columns = %s)
              ORDER BY ALL)
        TO %s (HEADER)
        """
            .formatted(list(files), columns, literal(target.toString())));
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
    return count(rejects, sql);
  }

  /**
   * Sorts maps into one file: columns key, kind ({@code cam} or the saliency method), model,
   * precision, framing (the part of the image that networks see), height, width, which part of the
   * map shows that (seen_left and so on, as shares), and the values as a list of floats, row by
   * row. Nothing is written if there are no maps.
   *
   * @param datasets Parquet files of maps
   * @param file where to write
   * @return whether there are maps
   */
  public static boolean maps(List<Path> datasets, Path file) throws IOException {
    if (datasets.isEmpty()) {
      return false;
    }
    execute(
        """
        COPY (FROM read_parquet(%s) ORDER BY key, kind, model, precision, framing)
        TO %s (FORMAT PARQUET, COMPRESSION ZSTD%s)
        """
            .formatted(list(datasets), literal(file.toString()), metadata(datasets)));
    return true;
  }

  /**
   * Finds the workers' shards of a dataset.
   *
   * @param folder of the shards
   * @param name {@link #ROWS} or {@link #MAPS}
   * @return the files; none if no worker had anything to write
   */
  public static List<Path> shards(Path folder, String name) throws IOException {
    return files(folder, name + "-*.parquet");
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

  private static List<Path> files(Path folder, String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var found = Files.newDirectoryStream(folder, glob)) {
      found.forEach(files::add);
    }
    files.sort(Comparator.naturalOrder());
    return files;
  }

  /** A query for all records of some files; of none, for no records with the same columns. */
  private static String parquetFiles(List<Path> files, Map<String, String> types) {
    return files.isEmpty()
        ? types.entrySet().stream()
            .map(c -> "NULL::" + c.getValue() + " AS " + RowQueries.column(c.getKey()))
            .collect(Collectors.joining(", ", "SELECT ", " WHERE false"))
        : "FROM read_parquet(" + list(files) + ")";
  }

  /** Opens a database of this process, with bounded memory. */
  static Connection open() throws SQLException {
    Connection connection = DriverManager.getConnection(IN_MEMORY);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET memory_limit = '%s'; SET temp_directory = %s"
              .formatted(
                  MEMORY, literal(System.getProperty("java.io.tmpdir") + "/bitgaze-duckdb")));
    }
    return connection;
  }

  private static void execute(String sql) throws IOException {
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IOException("the tables cannot be written: " + e.getMessage(), e);
    }
  }

  /** A list of texts in SQL. */
  static String list(Collection<?> texts) {
    return texts.stream()
        .map(text -> literal(text.toString()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** {@return text as a literal in SQL} */
  public static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
