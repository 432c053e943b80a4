package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.Optional;
import org.bitgaze.onnx.file.ConstantTensor;

/**
 * The scales and zero points of a constant's elements: one for all, one per channel, or one per
 * block of a channel axis.
 */
final class Scales {
  private final float[] scales;
  private final int[] zeroPoints;

  /** Elements that differ only in dimensions behind the axis. */
  private final int inner;

  /** The size of the axis, and how many of its neighbours share a scale. */
  private final int size;

  private final int block;
  private final int blocks;

  /**
   * Finds the scale of each element.
   *
   * @param shape of the quantized tensor
   * @param scale one number, a vector, or for blocks a tensor
   * @param zero likewise, or empty if all are 0
   * @param axis the channels'
   * @param block neighbours along the axis that share a scale; 0 if scales are per channel
   */
  Scales(int[] shape, ConstantTensor scale, Optional<ConstantTensor> zero, int axis, int block) {
    int at = axis < 0 ? axis + shape.length : axis;
    boolean one = scale.size() == 1 && block == 0;
    boolean inside = at >= 0 && at < shape.length;
    boolean fits =
        one
            || (inside
                && (block == 0
                    ? scale.rank() == 1 && shape[at] == scale.size()
                    : Arrays.equals(scale.shape(), blocked(shape, at, block))));
    if (!fits) {
      throw new IllegalArgumentException(
          "has scales of %s for axis %d of %s%s"
              .formatted(
                  Arrays.toString(scale.shape()),
                  axis,
                  Arrays.toString(shape),
                  block == 0 ? "" : " in blocks of " + block));
    }
    int count = scale.size();
    if (zero.filter(z -> z.size() != count).isPresent()) {
      throw new IllegalArgumentException(
          zero.get().size() + " zero points for " + count + " scales");
    }
    scales = scale.floats();
    for (int i = 0; i < scales.length; i++) {
      if (!(scales[i] >= 0) || !Float.isFinite(scales[i])) {
        throw new IllegalArgumentException(
            "scale" + channel(i) + " is " + scales[i] + ", which is not positive and finite");
      }
    }
    zeroPoints = zero.map(ConstantTensor::ints).orElseGet(() -> new int[count]);
    int after = 1;
    for (int i = at + 1; !one && i < shape.length; i++) {
      after *= shape[i];
    }
    inner = after;
    size = one ? 1 : shape[at];
    this.block = block;
    blocks = block == 0 ? size : (size + block - 1) / block;
  }

  private static int[] blocked(int[] shape, int axis, int block) {
    int[] blocked = shape.clone();
    blocked[axis] = (shape[axis] + block - 1) / block;
    return blocked;
  }

  private String channel(int i) {
    return scales.length == 1 ? "" : " of channel " + i;
  }

  /**
   * Checks that the inverse of a scale of activations is finite.
   *
   * @throws IllegalArgumentException if it is not
   */
  void requireInvertible() {
    for (int i = 0; i < scales.length; i++) {
      if (!Float.isFinite(1 / scales[i])) {
        throw new IllegalArgumentException(
            "scale" + channel(i) + " is " + scales[i] + ", which is 0 or too small");
      }
    }
  }

  /**
   * Checks that a scale is 0 only where all numbers are 0, or all integers are at the zero point: a
   * channel that was pruned.
   *
   * @throws IllegalArgumentException if one is not, naming the channel
   */
  void requireDeadChannels(ConstantTensor values) {
    boolean[] zero = new boolean[scales.length];
    boolean any = false;
    for (int i = 0; i < zero.length; i++) {
      zero[i] = scales[i] == 0;
      any |= zero[i];
    }
    for (int i = 0; any && i < values.size(); i++) {
      int k = index(i);
      double dead = values.type().isReal() ? 0 : zeroPoints[k];
      if (zero[k] && values.elements().applyAsDouble(i) != dead) {
        throw new IllegalArgumentException(
            "scale" + channel(k) + " is 0, but not all of its values are 0");
      }
    }
  }

  private int index(int element) {
    if (scales.length == 1) {
      return 0;
    }
    int at = element / inner % size;
    return block == 0
        ? at
        : (element / inner / size * blocks + at / block) * inner + element % inner;
  }

  float scale(int element) {
    return scales[index(element)];
  }

  int zeroPoint(int element) {
    return zeroPoints[index(element)];
  }
}
