package org.bitgaze.pipelines.layers;

import java.io.IOException;
import java.util.List;
import javax.annotation.Nullable;
import org.bitgaze.pipelines.output.RowQueries;

/**
 * An image whose map drifts far.
 *
 * @param key the image's key
 * @param explainedClass the class that its maps explain
 * @param cc correlation with the f32 map; null if the map vanished
 */
public record DriftedImage(String key, int explainedClass, @Nullable Double cc) {
  /**
   * Finds the images whose maps drift furthest from f32's, where these have values.
   *
   * @param precision such as {@code int8}, or another configuration's name
   * @param limit at most this many
   * @return the worst first
   */
  public static List<DriftedImage> worst(RowQueries rows, String model, String precision, int limit)
      throws IOException {
    String sql =
        """
        SELECT key, explained_class, CC FROM rows
        WHERE model = ? AND precision = ? AND reference = 'f32' AND reference_status = 'OK'
        ORDER BY CC NULLS FIRST, key LIMIT ?
        """;
    return rows.query(
        sql,
        row -> {
          double cc = row.getDouble(3);
          return new DriftedImage(
              row.getString(1), row.getInt(2), row.wasNull() ? null : (Double) cc);
        },
        model,
        precision,
        limit);
  }

  /**
   * Compares the correlations with f32's maps of two configurations, image by image, where f32's
   * map has values. A map without values has a correlation of 0.
   *
   * @param name a configuration
   * @param other another configuration
   * @return the first one's correlations minus the other's, by key
   */
  public static double[] leads(RowQueries rows, String model, String name, String other)
      throws IOException {
    String sql =
        """
        SELECT coalesce(a.CC, 0) - coalesce(b.CC, 0)
        FROM rows a JOIN rows b USING (key, model, reference, reference_status)
        WHERE model = ? AND reference = 'f32' AND reference_status = 'OK'
          AND a.precision = ? AND b.precision = ?
        ORDER BY key
        """;
    return rows.numbers(sql, model, name, other);
  }
}
