package org.bitgaze.explain.task;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.explain.Truth;

/**
 * The objects that a picture shows.
 *
 * @param boxes their boxes, as fractions of the picture's width and height; scores and anchors mean
 *     nothing
 */
public record LabelBoxes(List<Box> boxes) implements Truth {
  private static final long serialVersionUID = 1L;

  /** Copies the list. */
  public LabelBoxes {
    boxes = new ArrayList<>(boxes);
  }
}
