package org.bitgaze.pipelines;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;

/**
 * Rows of 60 images of the classes 0, 1 and 2, without inference. At int8, 11 of the 20 answers of
 * class 0 flip, and 1 of each other class; class 0's maps are less like f32's by 0.01, and one of
 * them vanished.
 */
public final class ClassedRows {
  /** Their summary, as far as it is read for classes. */
  public static final Summary SUMMARY =
      new Summary(
          Map.of("m", "M"),
          List.of("f32", "int8"),
          "minmax",
          List.of(
              new SummaryLine(
                  "m", "int8", "f32", "CC", 59, 0.8, 0.1, 0.7, 0.9, 0.0, 0.7, 0.8, 0.9, 1.0, 1)));

  private ClassedRows() {}

  /**
   * Writes the rows.
   *
   * @param labelled whether images have labels: the next class, so that no answer at f32 is right
   * @return the rows, open
   */
  public static RowQueries write(Path folder, boolean labelled) throws Exception {
    Path file = folder.resolve("rows-" + labelled + ".parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE images AS SELECT 'image' || i AS key, CAST(i %% 3 AS INTEGER) AS f32,
            CAST(%s AS INTEGER) AS label,
            CASE WHEN i > 0 THEN CAST(round(0.80 + 0.002 * (i %% 17)
              - CASE WHEN i %% 3 = 0 THEN 0.01 ELSE 0 END, 3) AS DOUBLE) END AS CC,
            (i %% 3 = 0 AND i %% 2 = 0) OR i %% 20 = 1 AS flips
          FROM range(60) t(i);
          COPY (
            SELECT key, 'm' AS model, 'f32' AS precision, 'centre' AS reference,
              f32 AS predicted_class, label, NULL::DOUBLE AS CC, 0.0::DOUBLE AS VANISHED,
              NULL::DOUBLE AS FLIP, 'OK' AS map_status, 'OK' AS reference_status FROM images
            UNION ALL
            SELECT key, 'm', 'int8', 'f32', CASE WHEN flips THEN f32 + 1 ELSE f32 END, label, CC,
              CASE WHEN CC IS NULL THEN 1.0 ELSE 0.0 END, CASE WHEN flips THEN 1.0 ELSE 0.0 END,
              'OK', 'OK' FROM images)
          TO '%s' (FORMAT PARQUET)
          """
              .formatted(labelled ? "(i + 1) % 3" : "NULL", file));
    }
    return new RowQueries(file);
  }

  /**
   * Writes the rows as those of detections: each flip keeps the main class, and 20 more images have
   * no detections, so that they have no class and nothing to explain.
   *
   * @return the rows, open
   */
  public static RowQueries ofDetections(Path folder) throws Exception {
    write(folder, false).close();
    Path file = folder.resolve("rows-detections.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          COPY (
            SELECT r.* REPLACE (a.predicted_class AS predicted_class)
            FROM '%1$s' r JOIN '%1$s' a ON r.key = a.key AND a.precision = 'f32'
            UNION ALL
            SELECT 'empty' || i, 'm', precision, reference, -1, NULL, NULL, NULL, flip,
              'NOTHING', 'NOTHING'
            FROM range(20) t(i), (VALUES ('f32', 'centre', NULL), ('int8', 'f32', 0.0))
              v(precision, reference, flip))
          TO '%2$s' (FORMAT PARQUET)
          """
              .formatted(folder.resolve("rows-false.parquet"), file));
    }
    return new RowQueries(file);
  }
}
