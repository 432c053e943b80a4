package org.bitgaze.explain.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Letterbox;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Rectangle;
import org.bitgaze.image.Squash;
import org.bitgaze.measure.Agreement;
import org.bitgaze.measure.Grid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers, weights and agreement, computed by hand. */
class TaskTest {
  private static final Grid GRID = Grid.of(100, 100);

  /** Rows of (4 + 2) x 3 numbers: x, y, width, height, and scores of two classes. */
  private static float[] v8() {
    return new float[] {
      20,
      21,
      70, // x
      20,
      20,
      70, // y
      10,
      10,
      20, // width
      10,
      10,
      20, // height
      .9f,
      .8f,
      .1f, // class 0
      .1f,
      .2f,
      .6f // class 1
    };
  }

  @Test
  void duplicatesAreRemovedPerClass() {
    Detection detection = new Detection(Detection.Layout.V8, 2, 3, false, 0, 0, 1, 1);
    Detections found = detection.answer(v8(), GRID);
    assertEquals(List.of(0, 2), found.boxes().stream().map(Box::anchor).toList());
    assertEquals(List.of(0, 1), found.boxes().stream().map(Box::classIndex).toList());
    assertEquals(15, found.boxes().get(0).left());
    float[] weights = detection.weights(18, found).orElseThrow();
    float[] expected = new float[18];
    expected[12] = 1;
    expected[17] = 1;
    assertArrayEquals(expected, weights);
    float[] other = v8();
    other[13] = .1f;
    other[16] = .7f;
    assertEquals(3, detection.answer(other, GRID).boxes().size());
  }

  @Test
  void scoresOfVersion5AreProducts() {
    Detection detection = new Detection(Detection.Layout.V5, 1, 2, false, 0, 0, 1, 1);
    float[] outputs = {10, 10, 4, 4, .5f, .6f, 50, 50, 4, 4, .5f, .4f};
    Detections found = detection.answer(outputs, GRID);
    assertEquals(1, found.boxes().size());
    assertEquals(.5f * (double) .6f, found.boxes().get(0).score());
    float[] weights = detection.weights(12, found).orElseThrow();
    assertEquals(2, weights[4] + weights[5]);
    assertTrue(detection.weights(12, new Detections(List.of())).isEmpty());
  }

  @Test
  void backgroundIsNoClassAndFractionsAreScaled() {
    Detection detection = new Detection(Detection.Layout.BOXES, 1, 2, true, 0, 4, 320, 240);
    float[] outputs = {.1f, .9f, .7f, .3f, .25f, .5f, .5f, .75f, 0, 0, 1, 1};
    Detections found = detection.answer(outputs, GRID);
    // The background's score does not matter: only that of the class.
    assertEquals(List.of(0, 1), found.boxes().stream().map(Box::anchor).toList());
    assertEquals(80, found.boxes().get(0).left());
    assertEquals(180, found.boxes().get(0).bottom());
    float[] pixels = outputs.clone();
    pixels[6] = 200;
    assertThrows(IllegalArgumentException.class, () -> detection.answer(pixels, GRID));
  }

  @Test
  void boxesMatchByClassAndOverlap() {
    Detection detection = new Detection(Detection.Layout.V8, 2, 3, false, 0, 0, 1, 1);
    Box box = new Box(0, 0, .9, 0, 0, 10, 10);
    Box half = new Box(1, 0, .8, 0, 0, 10, 5);
    Box other = new Box(2, 1, .7, 0, 0, 10, 10);
    assertEquals(0.5, box.overlap(half));
    Agreement two =
        detection.agreement(new Detections(List.of(box, other)), new Detections(List.of(half)));
    assertEquals(2.0 / 3, two.values().get("DETECTIONS"));
    assertFalse(two.same().orElseThrow());
    Agreement none = detection.agreement(new Detections(List.of()), new Detections(List.of()));
    assertEquals(1, none.values().get("DETECTIONS"));
    assertTrue(none.same().orElseThrow());
  }

  @Test
  void labelBoxesAreMovedIntoTheInput() {
    Detection detection = new Detection(Detection.Layout.V8, 2, 3, false, 0, 0, 1, 1);
    Grid grid = Grid.of(new Letterbox(100, 100), Optional.of(new ImageSize(200, 100)));
    assertEquals(new Rectangle(25, 0, 50, 100), grid.picture());
    Box found = new Box(0, 1, .9, 0, 25, 50, 75);
    LabelBoxes label = new LabelBoxes(List.of(new Box(0, 1, 1, 0, 0, .5, 1)));
    Agreement agreement = detection.agreement(new Detections(List.of(found)), label, grid);
    assertEquals(1, agreement.values().get("DETECTIONS"));
    assertTrue(agreement.same().isEmpty());
  }

  @Test
  void labelsOverlap() {
    MultiLabel task = new MultiLabel(3);
    MultiLabel.LabelSet answer = task.answer(new float[] {1, 0, 2}, GRID);
    assertEquals(new TreeSet<>(List.of(0, 2)), answer.labels());
    assertEquals(2, answer.mainClass());
    Agreement agreement = task.agreement(answer, new Labels(new TreeSet<>(List.of(2, 1))), GRID);
    assertEquals(1.0 / 3, agreement.values().get("LABELS"));
    assertArrayEquals(new float[] {0, 0, 1}, task.weights(3, answer).orElseThrow());
  }

  @Test
  void aNegativeAnswerExplainsMinusItsLogit() {
    Binary task = new Binary();
    assertArrayEquals(
        new float[] {-1}, task.weights(1, task.answer(new float[] {0}, GRID)).orElseThrow());
    assertArrayEquals(
        new float[] {1}, task.weights(1, task.answer(new float[] {.1f}, GRID)).orElseThrow());
  }

  @Test
  void onlyPixelsOfThePictureCount() {
    // Two classes on 4 x 2 pixels, of which the upper and the lower row show padding.
    Segmentation task = new Segmentation(2, 4, 2, false);
    float[] outputs = {0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1};
    Grid grid = Grid.of(new Letterbox(100, 100), Optional.of(new ImageSize(200, 100)));
    ClassMap map = task.answer(outputs, grid);
    assertEquals(new Rectangle(1, 0, 2, 2), map.pixels());
    assertArrayEquals(new byte[] {1, 0, 0, 0}, map.classes());
    assertEquals(1, map.mainClass());
    float[] expected = new float[16];
    expected[8 + 2] = 1;
    assertArrayEquals(expected, task.weights(16, map).orElseThrow());
    byte[] label = {1, (byte) LabelImage.IGNORED, 1, 0};
    Agreement agreement = task.agreement(map, new LabelImage(2, 2, label), grid);
    // Class 0: 1 of 2 pixels; class 1: 1 of 2.
    assertEquals(0.5, agreement.values().get("MIOU"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "binary",
        "multilabel",
        "segmentation,layout=nhwc",
        "detection,layout=boxes,boxes=pixels,background=true"
      })
  void descriptionsAreReadAsTheyAreWritten(String text) {
    assertEquals(text, TaskDescription.parse(text).toString());
  }

  @Test
  void unknownOptionsAreNamed() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> TaskDescription.parse("binary,layout=v8"));
    assertTrue(e.getMessage().contains("layout=v8"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> TaskDescription.parse("detection,layout=v9"));
  }

  @Test
  void framingsOfAnySizeAreReadAsTheyAreWritten() {
    Preprocessing p = Preprocessing.parse("resize=letterbox,crop=224x320");
    assertEquals(new Letterbox(224, 320), p.framing());
    assertEquals(p, Preprocessing.parse(p.toString()));
    assertEquals(new Squash(96, 128), Preprocessing.parse("resize=squash,crop=96x128").framing());
    assertEquals(
        "resize=110x146,crop=96x128", Preprocessing.parse("crop=96x128").framing().toString());
    assertThrows(
        IllegalArgumentException.class, () -> Preprocessing.parse("resize=110,crop=96x128"));
  }
}
