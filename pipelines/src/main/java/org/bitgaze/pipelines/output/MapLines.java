package org.bitgaze.pipelines.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.SeenMap;

/**
 * All maps of an image as records of {@code maps.parquet}. A saliency map may show the whole image:
 * each record says which part of its map networks see, as shares of width and height. The centre is
 * left out, because it is the same for all images.
 */
public final class MapLines {
  /** Columns with their DuckDB types. */
  static final Map<String, String> COLUMNS = new LinkedHashMap<>();

  static {
    for (String name : List.of("key", "kind", "model", "precision", "framing")) {
      COLUMNS.put(name, "VARCHAR");
    }
    COLUMNS.put("height", "INTEGER");
    COLUMNS.put("width", "INTEGER");
    for (String name : List.of("seen_left", "seen_top", "seen_width", "seen_height")) {
      COLUMNS.put(name, "DOUBLE");
    }
    COLUMNS.put("values", "FLOAT[]");
  }

  private MapLines() {}

  /**
   * Formats an image's maps.
   *
   * @param image the image's maps
   * @return one record per map, without line ends
   */
  public static List<String> of(ComparedImage image) {
    List<String> lines = new ArrayList<>();
    for (ComparedMap cam : image.cams()) {
      if (!cam.map().hasMap()) {
        continue;
      }
      lines.add(
          line(
              image.key(),
              "cam",
              cam.map().model(),
              cam.map().precision(),
              cam.map().framing(),
              MapPart.whole(cam.map().cam())));
    }
    for (SeenMap map : image.saliency()) {
      if (!map.method().isControl()) {
        lines.add(line(image.key(), map.method().id(), null, null, map.framing(), map.part()));
      }
    }
    return lines;
  }

  private static String line(
      String key, String kind, String model, String precision, Framing framing, MapPart part) {
    Heatmap map = part.map();
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
        part.region().left(),
        part.region().top(),
        part.region().width(),
        part.region().height(),
        values.append(']').toString());
  }
}
