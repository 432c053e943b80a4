package org.bitgaze.pipelines.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.SeenMap;

/** All maps of an image as records of {@code maps.parquet}. */
public final class MapLines {
  /** Columns with their DuckDB types. */
  static final Map<String, String> COLUMNS = new LinkedHashMap<>();

  static {
    for (String name : List.of("key", "kind", "model", "precision", "framing")) {
      COLUMNS.put(name, "VARCHAR");
    }
    COLUMNS.put("height", "INTEGER");
    COLUMNS.put("width", "INTEGER");
    COLUMNS.put("values", "FLOAT[]");
  }

  private MapLines() {}

  /**
   * Formats an image's maps.
   *
   * @param image the maps
   * @return one record each, without line ends
   */
  public static List<String> of(ComparedImage image) {
    List<String> lines = new ArrayList<>();
    for (ComparedMap cam : image.cams()) {
      lines.add(
          line(
              image.key(),
              "cam",
              cam.map().model(),
              cam.map().precision(),
              cam.map().framing(),
              cam.map().cam()));
    }
    for (SeenMap map : image.saliency()) {
      lines.add(line(image.key(), "saliency", null, null, map.framing(), map.map()));
    }
    return lines;
  }

  private static String line(
      String key, String kind, String model, String precision, Framing framing, Heatmap map) {
    StringBuilder values = new StringBuilder("[");
    for (float v : map.values()) {
      values.append(values.length() == 1 ? "" : ",").append(v);
    }
    return CSVFormat.DEFAULT.format(
        key,
        kind,
        model,
        precision,
        framing,
        map.height(),
        map.width(),
        values.append(']').toString());
  }
}
