package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.table.Table;

/**
 * How many of a model's maps at one precision are zero everywhere, and why.
 *
 * @param model the model's id
 * @param precision such as {@code int8}
 * @param maps the number of maps; each counts once, however often it was compared
 * @param vanished how many of them are zero everywhere
 * @param clipped how many of these are known to have vanished because the explained logit lies
 *     outside its quantization range, where no gradient passes
 */
public record VanishedShare(
    String model, String precision, long maps, long vanished, long clipped) {

  /** Every model and precision, in the summary's order. */
  static List<VanishedShare> of(Summary summary, RowQueries rows) throws IOException {
    // One bit per image: counting distinct keys would sort millions of texts.
    String sql =
        """
        WITH maps AS (
          SELECT model, precision, image_number, VANISHED = 1 AS vanished, map_status = 'CLIPPED' AS clipped
          FROM rows JOIN images USING (key) WHERE VANISHED IS NOT NULL)
        SELECT model, precision, bit_count(bitstring_agg(image_number, 0, %1$d)),
               coalesce(bit_count(bitstring_agg(image_number, 0, %1$d) FILTER (vanished)), 0),
               coalesce(bit_count(bitstring_agg(image_number, 0, %1$d) FILTER (clipped)), 0)
        FROM maps GROUP BY model, precision
        """
            .formatted(Math.max(1, rows.images() - 1));
    Map<List<String>, VanishedShare> found = new HashMap<>();
    rows.query(
        sql,
        row ->
            found.put(
                List.of(row.getString(1), row.getString(2)),
                new VanishedShare(
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5))));
    List<VanishedShare> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        all.add(
            found.getOrDefault(
                List.of(model, precision), new VanishedShare(model, precision, 0, 0, 0)));
      }
    }
    return all;
  }

  private double share() {
    return maps == 0 ? 0 : (double) vanished / maps;
  }

  static Table table(List<VanishedShare> shares, Map<String, String> titles) {
    return new Layout<VanishedShare>()
        .left("Model", v -> titles.get(v.model()))
        .left("Precision", VanishedShare::precision)
        .right("Maps", VanishedShare::maps)
        .right("Vanished", VanishedShare::vanished)
        .right("Share", v -> Numbers.percent(v.share()))
        .right("Logit outside its range", VanishedShare::clipped)
        .of(shares);
  }
}
