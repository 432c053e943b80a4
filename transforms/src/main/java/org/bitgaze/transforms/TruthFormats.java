package org.bitgaze.transforms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.beam.sdk.io.FileSystems;
import org.bitgaze.explain.Truth;
import org.bitgaze.explain.task.Box;
import org.bitgaze.explain.task.LabelBoxes;
import org.bitgaze.explain.task.Labels;

/** Reads what images show from the formats in which it is commonly stored. */
public final class TruthFormats {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "file";
  private static final String CLASS_INDEX = "class_index";

  private TruthFormats() {}

  /**
   * Reads the boxes of a picture from YOLO's text: a line for each, {@code class x y width height},
   * with the centre and the size as fractions of the picture.
   *
   * @param text the file's content
   * @param classes number of classes
   * @return the boxes
   * @throws IOException if a line is not such a box, naming it
   */
  public static LabelBoxes yolo(String text, int classes) throws IOException {
    List<Box> boxes = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\\R")) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      String[] parts = line.strip().split("\\s+");
      try {
        int index = Integer.parseInt(parts[0]);
        double x = Double.parseDouble(parts[1]);
        double y = Double.parseDouble(parts[2]);
        double w = Double.parseDouble(parts[3]);
        double h = Double.parseDouble(parts[4]);
        boolean fractions = Math.abs(x) <= 1 && Math.abs(y) <= 1 && w >= 0 && h >= 0;
        if (parts.length == 5 && index >= 0 && index < classes && fractions) {
          boxes.add(new Box(0, index, 1, x - w / 2, y - h / 2, x + w / 2, y + h / 2));
          continue;
        }
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        // Reported below, as other wrong lines are.
      }
      throw new IOException(
          "line %d: '%s' is not class x y width height, with a class below %d and fractions of the"
                  .formatted(number, line.strip(), classes)
              + " picture");
    }
    return new LabelBoxes(boxes);
  }

  /**
   * Reads what images show from one file.
   *
   * @param path a JSON file with COCO's boxes, or a CSV file with labels
   * @param classes number of classes
   * @return by image key
   * @throws IOException if it cannot be read or is neither, naming the file
   */
  public static Map<String, Truth> table(String path, int classes) throws IOException {
    try (InputStream in =
        Channels.newInputStream(FileSystems.open(FileSystems.matchNewResource(path, false)))) {
      return path.endsWith(".json") ? coco(JSON.readTree(in), classes) : labels(in, classes);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
      throw new IOException(path + ": " + cause.getMessage(), e);
    }
  }

  /** Boxes of COCO; its categories are counted from 0 in the order of their ids. */
  private static Map<String, Truth> coco(JsonNode json, int classes) throws IOException {
    Map<Long, JsonNode> images = new LinkedHashMap<>();
    Map<Long, List<Box>> boxes = new LinkedHashMap<>();
    Map<Long, List<Box>> crowds = new LinkedHashMap<>();
    for (JsonNode image : json.path("images")) {
      images.put(image.path("id").asLong(), image);
      boxes.put(image.path("id").asLong(), new ArrayList<>());
      crowds.put(image.path("id").asLong(), new ArrayList<>());
    }
    TreeSet<Long> categories = new TreeSet<>();
    json.path("categories").forEach(c -> categories.add(c.path("id").asLong()));
    if (images.isEmpty() || categories.isEmpty()) {
      throw new IOException("has no `images` and `categories`, as COCO's files have");
    }
    if (categories.size() > classes) {
      throw new IOException(
          "has " + categories.size() + " categories, but the network " + classes + " classes");
    }
    for (JsonNode annotation : json.path("annotations")) {
      long id = annotation.path("image_id").asLong();
      JsonNode box = annotation.path("bbox");
      JsonNode image = images.get(id);
      if (image == null
          || box.size() != 4
          || !categories.contains(annotation.path("category_id").asLong())) {
        throw new IOException(
            "annotation " + annotation.path("id") + " has no image, box or category");
      }
      double width = image.path("width").asDouble();
      double height = image.path("height").asDouble();
      double x = box.get(0).asDouble() / width;
      double y = box.get(1).asDouble() / height;
      int index = categories.headSet(annotation.path("category_id").asLong()).size();
      double right = (box.get(0).asDouble() + box.get(2).asDouble()) / width;
      double bottom = (box.get(1).asDouble() + box.get(3).asDouble()) / height;
      boolean crowd = annotation.path("iscrowd").asInt() != 0;
      (crowd ? crowds : boxes).get(id).add(new Box(0, index, 1, x, y, right, bottom));
    }
    Map<String, Truth> truths = new LinkedHashMap<>();
    images.forEach(
        (id, image) ->
            truths.put(
                image.path("file_name").asText(), new LabelBoxes(boxes.get(id), crowds.get(id))));
    return truths;
  }

  /** Labels: several rows for an image, or several classes in a row. */
  private static Map<String, Truth> labels(InputStream in, int classes) throws IOException {
    Map<String, TreeSet<Integer>> sets = new LinkedHashMap<>();
    try (CsvInput table = new CsvInput(in, FILE, CLASS_INDEX)) {
      for (CsvInput.Row row : table) {
        String file = row.get(FILE).replaceFirst("^\\./", "");
        TreeSet<Integer> set = sets.computeIfAbsent(file, f -> new TreeSet<>());
        for (String part : row.get(CLASS_INDEX).strip().split("[\\s;,|]+")) {
          if (part.isEmpty()) {
            continue;
          }
          if (!part.matches("\\d{1,9}") || Integer.parseInt(part) >= classes) {
            throw new IOException(
                "line %d: class_index '%s' is not a number from 0 to %d"
                    .formatted(row.line(), part, classes - 1));
          }
          set.add(Integer.parseInt(part));
        }
      }
    }
    Map<String, Truth> truths = new LinkedHashMap<>();
    sets.forEach((file, set) -> truths.put(file, new Labels(set)));
    return truths;
  }
}
