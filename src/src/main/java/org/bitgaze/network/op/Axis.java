package org.bitgaze.network.op;

import java.util.Arrays;

/** Dimensions counted from 1, where 0 is the batch, as indices of a shape without the batch. */
final class Axis {
  private Axis() {}

  /**
   * Returns the index of a dimension.
   *
   * @throws IllegalArgumentException if the shape does not have it, naming both
   */
  static int index(int axis, int[] shape) {
    if (axis < 1 || axis > shape.length) {
      throw new IllegalArgumentException("has no axis " + axis + " in " + Arrays.toString(shape));
    }
    return axis - 1;
  }
}
