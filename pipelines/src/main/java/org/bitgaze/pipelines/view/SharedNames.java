package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.report.Run;

/**
 * Small numbers for what all runs name: images, models, precisions and references. Rows are sorted
 * and joined by these numbers, which takes a tenth of the time that texts take.
 *
 * <p>The table {@value #IMAGES} numbers the keys in their order. Each of the columns in {@link
 * #WORDS} has an enumeration in SQL, in the order in which runs list their models and precisions.
 */
final class SharedNames {
  /** A table with the columns {@code key} and {@value #IMAGE}. */
  static final String IMAGES = "images";

  /** The number of an image, in {@value #IMAGES} and in tables of rows. */
  static final String IMAGE = "image_number";

  /** Columns that have an enumeration. */
  static final List<String> WORDS = List.of("model", "precision", "reference");

  private SharedNames() {}

  /** {@return the type in SQL of a column of words} */
  static String type(String column) {
    return column + "_word";
  }

  /**
   * Adds the table of images and the enumerations to a database.
   *
   * @param runs all runs that are shown
   * @throws IOException if the rows cannot be read
   */
  static void create(ViewDatabase database, List<Run> runs) throws IOException {
    String keys =
        runs.stream()
            .map(run -> "SELECT key FROM " + run.rows().source())
            .collect(Collectors.joining(" UNION "));
    database.execute(
        """
        CREATE TABLE %s AS
        SELECT key, CAST(row_number() OVER (ORDER BY key) AS INTEGER) AS %s
        FROM (SELECT DISTINCT key FROM (%s))
        """
            .formatted(IMAGES, IMAGE, keys));
    for (String column : WORDS) {
      Set<String> words = new LinkedHashSet<>();
      for (Run run : runs) {
        words.addAll(listed(run, column));
      }
      for (Run run : runs) {
        words.addAll(
            database.query(
                "SELECT DISTINCT %1$s FROM %2$s WHERE %1$s IS NOT NULL ORDER BY ALL"
                    .formatted(column, run.rows().source()),
                List.of(),
                row -> row.getString(1)));
      }
      database.execute(
          "CREATE TYPE %s AS ENUM (%s)"
              .formatted(
                  type(column),
                  words.stream().map(Tables::literal).collect(Collectors.joining(", "))));
    }
  }

  private static List<String> listed(Run run, String column) {
    return switch (column) {
      case "model" -> List.copyOf(run.info().titles().keySet());
      case "precision" -> run.info().precisions();
      default -> List.of(Reference.F32.id());
    };
  }

  /** {@return columns of rows, with enumerations in place of words} */
  static String casts() {
    return WORDS.stream()
        .map(column -> "CAST(%1$s AS %2$s) AS %1$s".formatted(column, type(column)))
        .collect(Collectors.joining(", "));
  }
}
