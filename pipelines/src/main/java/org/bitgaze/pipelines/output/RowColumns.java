package org.bitgaze.pipelines.output;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.bitgaze.transforms.values.Reject;

/**
 * The columns of {@code rows.csv}: what was compared, the measures, and the status of both maps,
 * which says why a row has no values.
 *
 * @param measures ids, in their order
 */
public record RowColumns(List<String> measures) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Columns of {@code rejects.csv} with their DuckDB types. */
  static final Map<String, String> REJECTS =
      types("key VARCHAR", "stage VARCHAR", "model VARCHAR", "reason VARCHAR");

  private static final Map<String, String> FIRST =
      types(
          "key VARCHAR",
          "model VARCHAR",
          "precision VARCHAR",
          "reference VARCHAR",
          "predicted_class INTEGER",
          "probability DOUBLE",
          "explained_class INTEGER",
          "label INTEGER");

  /** Copies the list. */
  public RowColumns {
    measures = new ArrayList<>(measures);
  }

  private static Map<String, String> types(String... columns) {
    Map<String, String> types = new LinkedHashMap<>();
    Arrays.stream(columns).map(c -> c.split(" ")).forEach(c -> types.put(c[0], c[1]));
    return types;
  }

  /** All columns with their DuckDB types. */
  Map<String, String> types() {
    Map<String, String> all = new LinkedHashMap<>(FIRST);
    measures.forEach(m -> all.put(m, "DOUBLE"));
    all.put("map_status", "VARCHAR");
    all.put("reference_status", "VARCHAR");
    return all;
  }

  /**
   * Formats a reject.
   *
   * @return one record without a line end
   */
  public static String format(Reject reject) {
    return CSVFormat.DEFAULT.format(
        reject.getKey(), reject.getStage(), reject.getModel(), reject.getReason());
  }
}
