package org.bitgaze.explain.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bitgaze.choice.Named;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;
import org.bitgaze.image.Rectangle;
import org.bitgaze.measure.Agreement;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.ScoredMatches;
import org.bitgaze.measure.StandardMeasure;

/**
 * Boxes with classes. Each anchor has one candidate, its best class; candidates with a score of at
 * least 0.25 are freed of duplicates. A map explains the detections: S is the sum of their classes'
 * logits.
 *
 * <p>The outputs of one image are the logits, in the layout of the scores, and then scores and
 * boxes where these are other tensors.
 *
 * @param layout how the outputs are arranged
 * @param classes number of classes, without background
 * @param anchors number of predictions
 * @param background whether the first of the scores is that of the background
 * @param scoresAt index of the first score among the outputs; 0 if the logits are the scores
 * @param boxesAt index of the first box among the outputs
 * @param scaleX pixels of the input that a unit of a box's x stands for
 * @param scaleY the same of y
 */
public record Detection(
    Layout layout,
    int classes,
    int anchors,
    boolean background,
    int scoresAt,
    int boxesAt,
    int scaleX,
    int scaleY)
    implements Objective {
  private static final long serialVersionUID = 1L;

  /** A candidate's lowest score. */
  static final double MIN_SCORE = 0.25;

  /** A box that is larger than so many inputs is not a fraction of it. */
  private static final double FRACTION = 8;

  /** How a detector's outputs are arranged. */
  public enum Layout implements Named {
    /** Ultralytics' since version 8: (4 + classes, anchors), x, y, width and height first. */
    V8("x, y, width, height and a score for each class, by rows"),
    /** YOLOv5's: (anchors, 5 + classes), x, y, width, height and the score of any object first. */
    V5("x, y, width, height, any object's score and a score for each class, by columns"),
    /** Two outputs: boxes (anchors, 4), two corners, and scores (anchors, classes). */
    BOXES("an output with the corners of boxes, and one with the scores");

    private final String description;

    Layout(String description) {
      this.description = description;
    }

    @Override
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String description() {
      return description;
    }
  }

  @Override
  public String id() {
    return Task.DETECTION.id();
  }

  @Override
  public String description() {
    return "%s (%s, %d anchors, %d classes)"
        .formatted(Task.DETECTION.description(), layout.id(), anchors, classes);
  }

  @Override
  public boolean sameOutputs(Objective other) {
    return other instanceof Detection that
        && that.layout == layout
        && that.anchors == anchors
        && that.classes == classes;
  }

  /** Index of a class's logit or score, from the first one. */
  private int score(int anchor, int index) {
    return switch (layout) {
      case V8 -> (4 + index) * anchors + anchor;
      case V5 -> anchor * (5 + classes) + 5 + index;
      case BOXES -> anchor * (classes + (background ? 1 : 0)) + index + (background ? 1 : 0);
    };
  }

  /** Index of the score of any object, from the first score. */
  private int object(int anchor) {
    return anchor * (5 + classes) + 4;
  }

  /**
   * Tells whether one of the scores' numbers is a score, and not part of a box.
   *
   * @param index of the number, from the first one of the output with the scores
   * @return whether it is
   */
  public boolean isScore(int index) {
    return switch (layout) {
      case V8 -> index >= 4 * anchors;
      case V5 -> index % (5 + classes) >= 4;
      case BOXES -> true;
    };
  }

  /** A number of an anchor's box. */
  private double box(float[] outputs, int anchor, int number) {
    return outputs[
        boxesAt
            + switch (layout) {
              case V8 -> number * anchors + anchor;
              case V5 -> anchor * (5 + classes) + number;
              case BOXES -> anchor * 4 + number;
            }];
  }

  /** The score of a class at an anchor. */
  private double score(float[] outputs, int anchor, int index) {
    double object = layout == Layout.V5 ? outputs[scoresAt + object(anchor)] : 1;
    return object * outputs[scoresAt + score(anchor, index)];
  }

  @Override
  public Detections answer(float[] outputs, Grid grid) {
    List<Box> candidates = new ArrayList<>();
    for (int a = 0; a < anchors; a++) {
      int best = 0;
      double highest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        double score = score(outputs, a, c);
        if (score > highest) {
          best = c;
          highest = score;
        }
      }
      if (highest >= MIN_SCORE) {
        candidates.add(box(outputs, a, best, highest));
      }
    }
    return Detections.suppressed(candidates);
  }

  private Box box(float[] outputs, int anchor, int index, double score) {
    double[] n = new double[4];
    for (int i = 0; i < 4; i++) {
      n[i] = box(outputs, anchor, i);
      if (scaleX > 1 && Math.abs(n[i]) > FRACTION) {
        throw new IllegalArgumentException(
            "a box has the coordinate " + n[i] + ": not a fraction of the input, but pixels");
      }
    }
    if (layout == Layout.BOXES) {
      return new Box(
          anchor, index, score, n[0] * scaleX, n[1] * scaleY, n[2] * scaleX, n[3] * scaleY);
    }
    return new Box(
        anchor, index, score, n[0] - n[2] / 2, n[1] - n[3] / 2, n[0] + n[2] / 2, n[1] + n[3] / 2);
  }

  @Override
  public OptionalInt scores() {
    int numbers =
        switch (layout) {
          case V8 -> 4 + classes;
          case V5 -> 5 + classes;
          case BOXES -> classes + (background ? 1 : 0);
        };
    return OptionalInt.of(Math.multiplyExact(numbers, anchors));
  }

  @Override
  public Optional<float[]> weights(int outputs, Answer explained) {
    List<Box> boxes = ((Detections) explained).boxes();
    if (boxes.isEmpty()) {
      return Optional.empty();
    }
    float[] weights = new float[outputs];
    for (Box box : boxes) {
      weights[score(box.anchor(), box.classIndex())] += 1;
      if (layout == Layout.V5) {
        weights[object(box.anchor())] += 1;
      }
    }
    return Optional.of(weights);
  }

  /** The mean score of the detections. */
  @Override
  public double probability(float[] outputs, Answer explained) {
    return ((Detections) explained)
        .boxes().stream()
            .mapToDouble(box -> score(outputs, box.anchor(), box.classIndex()))
            .average()
            .orElse(0);
  }

  @Override
  public String nothing() {
    return "no detections: there is nothing to explain";
  }

  @Override
  public Agreement agreement(Answer answer, Answer reference) {
    return agreement((Detections) answer, ((Detections) reference).boxes());
  }

  @Override
  public Agreement agreement(Answer answer, Truth truth, Grid grid) {
    LabelBoxes label = moved(truth, grid);
    Detections counted = ((Detections) answer).counted(label.boxes(), label.crowds());
    return agreement(counted, label.boxes()).ofLabel();
  }

  @Override
  public Optional<ScoredMatches> matches(Answer answer, Truth truth, Grid grid) {
    LabelBoxes label = moved(truth, grid);
    return Optional.of(((Detections) answer).scored(label.boxes(), label.crowds()));
  }

  /** The boxes of a label, in pixels of the input. */
  private static LabelBoxes moved(Truth truth, Grid grid) {
    if (!(truth instanceof LabelBoxes label)) {
      throw new IllegalArgumentException("labels of detection are boxes, not " + truth.getClass());
    }
    return new LabelBoxes(
        moved(label.boxes(), grid.picture()), moved(label.crowds(), grid.picture()));
  }

  private static List<Box> moved(List<Box> boxes, Rectangle at) {
    return boxes.stream().map(box -> moved(box, at)).toList();
  }

  private static Box moved(Box box, Rectangle at) {
    return new Box(
        box.anchor(),
        box.classIndex(),
        box.score(),
        box.left() * at.width() + at.left(),
        box.top() * at.height() + at.top(),
        box.right() * at.width() + at.left(),
        box.bottom() * at.height() + at.top());
  }

  /** F1 of the matches: 1 if there are no boxes. */
  private static Agreement agreement(Detections found, List<Box> expected) {
    int all = found.boxes().size() + expected.size();
    int matched = 2 * found.matches(expected);
    double f1 = all == 0 ? 1 : (double) matched / all;
    return Agreement.of(matched == all, StandardMeasure.DETECTIONS, f1);
  }

  @Override
  public boolean hasLabels() {
    return false;
  }

  @Override
  public Set<Measure> measures() {
    return Set.of(StandardMeasure.DETECTIONS);
  }

  @Override
  public Set<Measure> measuresOfAll() {
    return Set.of(StandardMeasure.MAP50);
  }

  /** LayerCAM has no pole; a sum over many anchors brings Grad-CAM++ near its own. */
  @Override
  public MapMethod method() {
    return MapMethod.LAYERCAM;
  }
}
