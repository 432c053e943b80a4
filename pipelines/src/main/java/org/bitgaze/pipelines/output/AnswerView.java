package org.bitgaze.pipelines.output;

import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.task.Binary;
import org.bitgaze.explain.task.Box;
import org.bitgaze.explain.task.ClassMap;
import org.bitgaze.explain.task.Detections;
import org.bitgaze.explain.task.MultiLabel;
import org.bitgaze.explain.task.Segmentation;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Rectangle;

/**
 * An answer as the report shows it, of a task that is not classification.
 *
 * @param task its id
 * @param found the classes that were found, each with its score or its share of the pixels
 * @param boxes boxes, as fractions of the network's input: left, top, right and bottom of each
 * @param classes the class of each output pixel, or null if there is no class map; 255 where the
 *     output does not show the picture
 */
public record AnswerView(
    String task, List<Found> found, List<double[]> boxes, @Nullable MapImage classes) {
  private static final byte OUTSIDE = (byte) 255;

  /**
   * A class that was found.
   *
   * @param index the class
   * @param number its score, or its share of the pixels
   */
  public record Found(int index, double number) {}

  /** Shows an answer to what a framing made of an image. */
  static AnswerView of(Answered answered, Framing framing) {
    List<Found> found = new ArrayList<>();
    List<double[]> boxes = new ArrayList<>();
    MapImage classes = null;
    if (answered.answer() instanceof Detections detections) {
      double w = framing.width();
      double h = framing.height();
      for (Box box : detections.boxes()) {
        found.add(new Found(box.classIndex(), box.score()));
        boxes.add(new double[] {box.left() / w, box.top() / h, box.right() / w, box.bottom() / h});
      }
    } else if (answered.answer() instanceof ClassMap map) {
      Segmentation objective = (Segmentation) answered.objective();
      for (int c = 0; c < objective.classes(); c++) {
        int pixels = map.count(c);
        if (c > 0 && pixels > 0) {
          found.add(new Found(c, (double) pixels / map.classes().length));
        }
      }
      classes = classes(map, objective);
    } else if (answered.answer() instanceof MultiLabel.LabelSet labels) {
      labels.labels().forEach(label -> found.add(new Found(label, 1)));
    } else if (answered.answer() instanceof Binary.YesOrNo yesOrNo) {
      found.add(new Found(yesOrNo.mainClass(), yesOrNo.probability()));
    }
    return new AnswerView(answered.objective().id(), found, boxes, classes);
  }

  private static MapImage classes(ClassMap map, Segmentation objective) {
    Rectangle seen = map.pixels();
    byte[] all = new byte[objective.height() * objective.width()];
    for (int i = 0; i < all.length; i++) {
      int row = i / objective.width();
      int column = i % objective.width();
      all[i] =
          seen.contains(row, column)
              ? map.classes()[(row - seen.top()) * seen.width() + column - seen.left()]
              : OUTSIDE;
    }
    return new MapImage(objective.height(), objective.width(), all);
  }
}
