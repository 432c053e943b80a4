package org.bitgaze.pipelines.output;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The values of measures as columns: for each place and measure, one number per image. One pass
 * over the rows makes all of them. They are in a temporary file, so that memory holds only what is
 * asked for; a report asks for each of hundreds of columns, and a query for each would read all
 * rows each time.
 */
final class ValueColumns implements Closeable {
  /** A block of one column has at most this many entries. */
  private static final int ENTRIES = 2048;

  /** An image's number and a value. */
  private static final int ENTRY = Integer.BYTES + Double.BYTES;

  private final int images;
  private final FileChannel file;
  private final Map<Pairs.Place, Map<String, Column>> columns = new HashMap<>();
  private long end;

  /** A column's full blocks in the file, and the last block. */
  private static final class Column {
    private final ByteBuffer last = ByteBuffer.allocate(ENTRIES * ENTRY);
    private final List<Long> blocks = new ArrayList<>();
  }

  private ValueColumns(int images, FileChannel file) {
    this.images = images;
    this.file = file;
  }

  /**
   * Reads all rows.
   *
   * @param connection a database with the view {@code rows} and the table {@code images}; its
   *     answers must be streamed
   * @param images the number of images
   * @param measures columns of the rows
   * @param file where to keep the values; it is deleted when this is closed
   */
  static ValueColumns of(Connection connection, int images, List<String> measures, Path file)
      throws SQLException, IOException {
    ValueColumns all =
        new ValueColumns(
            images,
            FileChannel.open(
                file,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE));
    try {
      all.fill(connection, measures);
    } catch (SQLException | IOException | RuntimeException e) {
      all.close();
      throw e;
    }
    return all;
  }

  private void fill(Connection connection, List<String> measures) throws SQLException, IOException {
    List<Pairs.Place> found =
        RowQueries.query(
            connection,
            "SELECT DISTINCT model, precision, reference FROM rows",
            row -> new Pairs.Place(row.getString(1), row.getString(2), row.getString(3)),
            List.of());
    if (found.isEmpty()) {
      return;
    }
    List<String> models = distinct(found, Pairs.Place::model);
    List<String> precisions = distinct(found, Pairs.Place::precision);
    List<String> references = distinct(found, Pairs.Place::reference);
    String sql =
        """
        SELECT image_number, CAST((list_position(%s, model) - 1) * %d
                 + (list_position(%s, precision) - 1) * %d
                 + list_position(%s, reference) - 1 AS INTEGER) %s
        FROM rows JOIN images USING (key)
        """
            .formatted(
                Tables.list(models),
                precisions.size() * references.size(),
                Tables.list(precisions),
                references.size(),
                Tables.list(references),
                measures.stream()
                    .map(m -> ", " + RowQueries.column(m))
                    .collect(Collectors.joining()));
    Column[][] places =
        new Column[models.size() * precisions.size() * references.size()][measures.size()];
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        int image = row.getInt(1);
        Column[] place = places[row.getInt(2)];
        for (int i = 0; i < place.length; i++) {
          double value = row.getDouble(i + 3);
          if (!Double.isNaN(value) && !row.wasNull()) {
            if (place[i] == null) {
              place[i] = new Column();
            }
            add(place[i], image, value);
          }
        }
      }
    }
    for (int p = 0; p < places.length; p++) {
      Map<String, Column> own = new HashMap<>();
      for (int i = 0; i < measures.size(); i++) {
        if (places[p][i] != null) {
          own.put(measures.get(i), places[p][i]);
        }
      }
      columns.put(
          new Pairs.Place(
              models.get(p / references.size() / precisions.size()),
              precisions.get(p / references.size() % precisions.size()),
              references.get(p % references.size())),
          own);
    }
  }

  private static List<String> distinct(
      List<Pairs.Place> places, Function<Pairs.Place, String> name) {
    return places.stream().map(name).distinct().sorted().toList();
  }

  private void add(Column column, int image, double value) throws IOException {
    column.last.putInt(image).putDouble(value);
    if (!column.last.hasRemaining()) {
      column.blocks.add(end);
      column.last.flip();
      while (column.last.hasRemaining()) {
        end += file.write(column.last, end);
      }
      column.last.clear();
    }
  }

  /** {@return the places that have a value of a measure, in no order} */
  List<Pairs.Place> places(String measure) {
    return columns.entrySet().stream()
        .filter(place -> place.getValue().containsKey(measure))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Reads a column.
   *
   * @return one number per image, by key; NaN where there is no value
   */
  double[] values(Pairs.Place place, String measure) throws IOException {
    double[] values = new double[images];
    Arrays.fill(values, Double.NaN);
    Column column = columns.getOrDefault(place, Map.of()).get(measure);
    if (column != null) {
      ByteBuffer block = ByteBuffer.allocate(ENTRIES * ENTRY);
      for (long start : column.blocks) {
        block.clear();
        while (block.hasRemaining()) {
          if (file.read(block, start + block.position()) < 0) {
            throw new IOException("the temporary file of values has become shorter");
          }
        }
        put(block.flip(), values);
      }
      put(column.last.duplicate().flip(), values);
    }
    return values;
  }

  private static void put(ByteBuffer entries, double[] values) {
    while (entries.hasRemaining()) {
      int image = entries.getInt();
      values[image] = entries.getDouble();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
