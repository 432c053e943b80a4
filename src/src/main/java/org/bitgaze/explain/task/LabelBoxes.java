package org.bitgaze.explain.task;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.explain.Truth;

/**
 * The objects that a picture shows.
 *
 * @param boxes their boxes, as fractions of the picture's width and height; scores and anchors mean
 *     nothing
 * @param crowds boxes around many objects, of which none is asked for (COCO's {@code iscrowd}): a
 *     detection of their class that lies in one is neither right nor wrong
 */
public record LabelBoxes(List<Box> boxes, List<Box> crowds) implements Truth {
  private static final long serialVersionUID = 1L;

  /** Copies the lists. */
  public LabelBoxes {
    boxes = new ArrayList<>(boxes);
    crowds = new ArrayList<>(crowds);
  }

  /**
   * Objects without crowds.
   *
   * @param boxes their boxes
   */
  public LabelBoxes(List<Box> boxes) {
    this(boxes, List.of());
  }
}
