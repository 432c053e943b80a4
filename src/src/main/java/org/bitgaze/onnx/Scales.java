package org.bitgaze.onnx;

import java.util.Arrays;

/** The scales and zero points of a constant's elements: one for all, or one for each channel. */
final class Scales {
  private final float[] scales;
  private final int[] zeroPoints;
  private final int inner;

  /**
   * Finds the scale of each element.
   *
   * @param shape of the quantized tensor
   * @param scale one number, or a vector
   * @param zero likewise, or null where all are 0
   * @param axis the channels'
   */
  Scales(int[] shape, Constant scale, Constant zero, int axis) {
    int channels = scale.size();
    int at = axis < 0 ? axis + shape.length : axis;
    if (channels != 1
        && (scale.rank() != 1 || at < 0 || at >= shape.length || shape[at] != channels)) {
      throw new IllegalArgumentException(
          "has scales of "
              + Arrays.toString(scale.shape())
              + " for axis "
              + axis
              + " of "
              + Arrays.toString(shape));
    }
    if (zero != null && zero.size() != channels) {
      throw new IllegalArgumentException(zero.size() + " zero points for " + channels + " scales");
    }
    scales = scale.floats();
    for (float s : scales) {
      // Values are multiplied by its inverse.
      if (!(s > 0) || !Float.isFinite(s) || !Float.isFinite(1 / s)) {
        throw new IllegalArgumentException(
            "scale is " + s + ", which is not positive, or too small or too large");
      }
    }
    zeroPoints = zero == null ? new int[channels] : zero.ints();
    int after = 1;
    for (int i = at + 1; channels > 1 && i < shape.length; i++) {
      after *= shape[i];
    }
    inner = after;
  }

  private int channel(int element) {
    return scales.length == 1 ? 0 : element / inner % scales.length;
  }

  float scale(int element) {
    return scales[channel(element)];
  }

  int zeroPoint(int element) {
    return zeroPoints[channel(element)];
  }
}
