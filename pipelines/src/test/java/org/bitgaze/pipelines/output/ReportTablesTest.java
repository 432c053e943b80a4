package org.bitgaze.pipelines.output;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables that reports ask have what the rows have. */
class ReportTablesTest {
  private static final int IMAGES = 5000;

  @TempDir static Path folder;
  private static Path file;

  /** Rows in no order. A value in seven is absent, and one image in eleven has no rows at int8. */
  @BeforeAll
  static void write() throws Exception {
    file = folder.resolve("rows.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          COPY (
            SELECT 'é ''' || (i * 7919 %% %1$d) AS key, model, precision, reference,
              CAST(i %% 5 + CASE WHEN precision = 'int8' THEN i %% 2 ELSE 0 END AS INTEGER)
                AS predicted_class,
              0.5::DOUBLE AS probability, NULL::INTEGER AS label,
              CASE WHEN h %% 7 > 0 THEN CAST(h %% 1000003 AS DOUBLE) / 1000003 END AS CC,
              CASE WHEN h %% 5 > 0 THEN CAST(h %% 9 AS DOUBLE) END AS KLD,
              CASE WHEN h %% 7 > 0 THEN 0.0 ELSE 1.0 END::DOUBLE AS VANISHED,
              'OK' AS map_status, 'OK' AS reference_status
            FROM (SELECT *, hash(i, model, precision, reference) AS h
                  FROM range(%1$d) t(i), (VALUES ('a'), ('b')) m(model),
                    (VALUES ('f32', 'centre'), ('int8', 'centre'), ('int8', 'f32')) p(precision, reference))
            WHERE precision = 'f32' OR i %% 11 > 0
            ORDER BY h)
          TO '%2$s' (FORMAT PARQUET)
          """
              .formatted(IMAGES, file));
    }
  }

  @Test
  void columnsHoldTheValuesOfEveryPlace() throws Exception {
    try (RowQueries rows = new RowQueries(file)) {
      for (String measure : List.of("CC", "KLD")) {
        assertEquals(6, Set.copyOf(rows.places(measure)).size());
        for (Pairs.Place place : rows.places(measure)) {
          double[] expected =
              rows.numbers(
                  """
                  SELECT CAST(coalesce(r.%s, 'nan') AS DOUBLE)
                  FROM (SELECT DISTINCT key FROM rows) i LEFT JOIN
                    (FROM rows WHERE model = ? AND precision = ? AND reference = ?) r USING (key)
                  ORDER BY key
                  """
                      .formatted(measure),
                  place.model(),
                  place.precision(),
                  place.reference());
          assertEquals(IMAGES, expected.length);
          assertArrayEquals(expected, rows.values(place, measure), measure + " at " + place);
        }
      }
    }
  }

  @Test
  void aPlaceWithoutRowsHasNoValues() throws Exception {
    try (RowQueries rows = new RowQueries(file)) {
      Pairs.Place nowhere = new Pairs.Place("c", "int8", "f32");
      assertEquals(Double.NaN, rows.values(nowhere, "CC")[0]);
      assertThrows(IllegalArgumentException.class, () -> rows.values(nowhere, "VANISHED"));
    }
  }

  @Test
  void anAuditWithoutRowsHasNoValues() throws Exception {
    Path empty = folder.resolve("empty.parquet");
    try (RowQueries all = new RowQueries(file);
        Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (FROM %s WHERE false) TO '%s' (FORMAT PARQUET)".formatted(all.source(), empty));
    }
    try (RowQueries rows = new RowQueries(empty).prepared()) {
      assertEquals(List.of(), rows.places("CC"));
      assertEquals(0, rows.values(new Pairs.Place("a", "int8", "f32"), "CC").length);
      assertEquals(0, rows.images());
    }
  }

  @Test
  void pairsAreThoseOfAJoin() throws Exception {
    Pairs.Place place = new Pairs.Place("a", "int8", "f32");
    Pairs.Place other = new Pairs.Place("b", "f32", "centre");
    try (RowQueries rows = new RowQueries(file)) {
      Pairs joined = Pairs.of(rows, "CC", place, rows, other);
      Pairs found = Pairs.of(rows, "CC", place, other);
      assertFalse(found.isEmpty());
      assertArrayEquals(joined.values(), found.values());
      assertArrayEquals(joined.others(), found.others());
    }
  }

  @Test
  void driftsAndAnswersAreNumberedByKey() throws Exception {
    try (RowQueries rows = new RowQueries(file).prepared()) {
      String differing =
          """
          SELECT count(*) FROM (
            (SELECT key, model, precision, predicted_class, CC, KLD, VANISHED, map_status FROM rows
             WHERE reference = 'f32')
            EXCEPT ALL
            (SELECT key, model, precision, predicted_class, CC, KLD, VANISHED, map_status
             FROM drifts JOIN images USING (image_number)))
          """;
      assertEquals(0, rows.numbers(differing)[0]);
      assertEquals(IMAGES, rows.images());
      assertEquals(
          0,
          rows.numbers(
                  "SELECT count(*) FROM images a JOIN images b ON a.image_number = b.image_number - 1"
                      + " WHERE a.key >= b.key")[0]);
      assertEquals(
          2 * IMAGES,
          rows.numbers(
                  "SELECT count(*) FROM answers a JOIN images USING (image_number) JOIN rows r"
                      + " USING (key, model) WHERE r.precision = 'f32' AND r.predicted_class = f32")[
              0]);
    }
  }

  @Test
  void nothingIsLeftOfTheTemporaryFiles() throws Exception {
    RowQueries rows = new RowQueries(file).prepared();
    rows.values(new Pairs.Place("a", "int8", "f32"), "CC");
    String sql = "SELECT path FROM duckdb_databases() WHERE database_name = 'report'";
    Path tables = Path.of(rows.query(sql, row -> row.getString(1)).get(0));
    assertTrue(Files.exists(tables), tables.toString());
    rows.close();
    // Other processes make such folders, too; this one is gone with all it had.
    assertFalse(Files.exists(tables.getParent()), tables.toString());
  }
}
