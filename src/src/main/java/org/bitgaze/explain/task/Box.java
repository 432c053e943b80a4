package org.bitgaze.explain.task;

import java.io.Serializable;

/**
 * A detected object.
 *
 * @param anchor index of the prediction among the network's outputs
 * @param classIndex its class
 * @param score how sure the network is, in [0, 1]
 * @param left x of the left edge, in pixels of the network's input; not clipped
 * @param top y of the upper edge
 * @param right x of the right edge
 * @param bottom y of the lower edge
 */
public record Box(
    int anchor, int classIndex, double score, double left, double top, double right, double bottom)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Computes the overlap with another box.
   *
   * @param other the other box
   * @return intersection over union of the areas; 0 if the union is empty
   */
  public double overlap(Box other) {
    double both = intersection(other);
    double either = area() + other.area() - both;
    return either == 0 ? 0 : both / either;
  }

  /**
   * Computes how much of this box lies in another one.
   *
   * @param other the other box
   * @return intersection over this box's area; 0 if that is empty
   */
  public double shareIn(Box other) {
    return area() == 0 ? 0 : intersection(other) / area();
  }

  private double intersection(Box other) {
    double w = Math.max(0, Math.min(right, other.right) - Math.max(left, other.left));
    double h = Math.max(0, Math.min(bottom, other.bottom) - Math.max(top, other.top));
    return w * h;
  }

  private double area() {
    return Math.max(0, right - left) * Math.max(0, bottom - top);
  }
}
