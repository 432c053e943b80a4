package org.bitgaze.explain.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bitgaze.image.Rectangle;
import org.bitgaze.measure.AveragePrecision;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.ScoredMatches;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Mean average precision against pycocotools 2.0.11. Many of the scores are equal; images are in
 * the order of their keys.
 */
class AveragePrecisionTest {
  /** Sums of up to 101 numbers per class, in another order. */
  private static final double TOLERANCE = 1e-12;

  @Test
  void agreesWithTheDefinition() throws IOException {
    JsonNode golden = resource("average_precision.json");
    SortedMap<String, ScoredMatches> images = new TreeMap<>();
    for (JsonNode image : golden.get("images")) {
      ScoredMatches found =
          new Detections(boxes(image.get("detections")))
              .scored(boxes(image.get("label")), List.of());
      assertEquals(found, ScoredMatches.decode(found.encode()));
      images.put(image.get("key").asText(), found);
    }
    assertEquals(
        golden.get("map50").asDouble(),
        AveragePrecision.of(images.values()).orElseThrow(),
        TOLERANCE);
    List<String> keys = new ArrayList<>(images.keySet());
    for (int i = 0; i < keys.size(); i++) {
      SortedMap<String, ScoredMatches> others = new TreeMap<>(images);
      others.remove(keys.get(i));
      assertEquals(
          golden.get("without").get(i).asDouble(),
          AveragePrecision.of(others.values()).orElseThrow(),
          TOLERANCE,
          keys.get(i));
    }
  }

  /** Some of the objects are replaced by crowds around them. */
  @Test
  void detectionsInCrowdsDoNotCount() throws IOException {
    JsonNode images = resource("average_precision.json").get("images");
    JsonNode golden = resource("average_precision_crowds.json");
    SortedMap<String, ScoredMatches> found = new TreeMap<>();
    for (int i = 0; i < images.size(); i++) {
      JsonNode image = images.get(i);
      List<Box> all = boxes(image.get("label"));
      List<Box> kept = new ArrayList<>();
      golden.get("images").get(i).get("kept").forEach(index -> kept.add(all.get(index.asInt())));
      List<Box> crowds = boxes(golden.get("images").get(i).get("crowds"));
      Detections detections = new Detections(boxes(image.get("detections")));
      found.put(image.get("key").asText(), detections.scored(kept, crowds));
      int counted = detections.counted(kept, crowds).boxes().size();
      // The two rules for matching differ where objects overlap; here none do.
      assertEquals(detections.scored(kept, crowds).detections().size(), counted);
    }
    assertEquals(
        golden.get("map50").asDouble(),
        AveragePrecision.of(found.values()).orElseThrow(),
        TOLERANCE);
  }

  private static JsonNode resource(String name) throws IOException {
    try (InputStream in =
        AveragePrecisionTest.class.getResourceAsStream("/org/bitgaze/golden/" + name)) {
      return Golden.json(in.readAllBytes());
    }
  }

  @Test
  void withoutObjectsThereIsNone() {
    ScoredMatches empty = new ScoredMatches(new TreeMap<>(), List.of());
    ScoredMatches wrong =
        new ScoredMatches(new TreeMap<>(), List.of(new ScoredMatches.Match(0, 0.5, false)));
    assertEquals(OptionalDouble.empty(), AveragePrecision.of(List.of(empty, wrong)));
    SortedMap<Integer, Integer> one = new TreeMap<>(Map.of(2, 1));
    assertEquals(0, AveragePrecision.of(List.of(new ScoredMatches(one, List.of()))).orElseThrow());
    List<ScoredMatches.Match> hit = List.of(new ScoredMatches.Match(2, 0.5, true));
    double all = AveragePrecision.of(List.of(new ScoredMatches(one, hit))).orElseThrow();
    assertTrue(all > 1 - 1e-12 && all <= 1, "" + all);
  }

  /** Detections and labels of the reference networks. */
  @ParameterizedTest
  @CsvSource({
    "yolo_v8, f32, 0.7029702970297029",
    "yolo_v8, qdq, 0.7029702970297029",
    "yolo_v5, f32, 0.5713237990465714",
    "yolo_v5, qdq, 0.6274294096076275",
    "ssd, f32, 0.5027502750275027",
    "ssd, qdq, 0.45874587458745875",
    "yolo_v8_qdq_naive, qdq, 0.613036303630363"
  })
  @NeedsShared("tasks/yolo_v8.onnx")
  void agreesOnReferenceNetworks(String name, String precision, double expected)
      throws IOException {
    List<ScoredMatches> images = new ArrayList<>();
    JsonNode golden = json("tasks/" + name + ".golden.json");
    // Matching knows boxes and classes only; the size of the outputs means nothing to it.
    Detection detection = new Detection(Detection.Layout.V8, 3, 1, false, 0, 0, 1, 1);
    for (JsonNode picture : golden.get("pictures")) {
      JsonNode known = json("tasks/inputs/" + picture.get("picture").asText() + ".boxes.json");
      double w = known.get("width").asDouble();
      double h = known.get("height").asDouble();
      List<Box> label = new ArrayList<>();
      for (Box b : boxes(known.get("boxes"))) {
        label.add(
            new Box(
                0, b.classIndex(), 1, b.left() / w, b.top() / h, b.right() / w, b.bottom() / h));
      }
      JsonNode at = picture.get("rectangle");
      Grid grid =
          new Grid(
              golden.path("H").asInt(320),
              golden.path("W").asInt(320),
              new Rectangle(
                  at.get(0).asInt(), at.get(1).asInt(), at.get(2).asInt(), at.get(3).asInt()));
      images.add(
          detection
              .matches(
                  new Detections(boxes(picture.get(precision).get("detections"))),
                  new LabelBoxes(label),
                  grid)
              .orElseThrow());
    }
    assertEquals(expected, AveragePrecision.of(images).orElseThrow(), TOLERANCE);
  }

  private static JsonNode json(String file) throws IOException {
    return Golden.json(Files.readAllBytes(Shared.file(file)));
  }

  private static List<Box> boxes(JsonNode array) {
    List<Box> boxes = new ArrayList<>();
    for (JsonNode b : array) {
      JsonNode at = b.get("box");
      boxes.add(
          new Box(
              0,
              b.get("class").asInt(),
              b.path("score").asDouble(1),
              at.get(0).asDouble(),
              at.get(1).asDouble(),
              at.get(2).asDouble(),
              at.get(3).asDouble()));
    }
    return boxes;
  }
}
