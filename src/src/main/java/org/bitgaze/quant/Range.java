package org.bitgaze.quant;

import java.io.Serializable;

/**
 * The range of an activation.
 *
 * @param min the smallest value, as observed; the range need not include 0
 * @param max the largest value
 */
public record Range(double min, double max) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Float32 machine epsilon: the smallest scale, as in PyTorch's observers. */
  static final float EPS = 0x1p-23f;

  /**
   * Returns the smallest range that contains both.
   *
   * @param other another range
   * @return from the smaller minimum to the larger maximum
   */
  public Range union(Range other) {
    return new Range(Math.min(min, other.min), Math.max(max, other.max));
  }

  /**
   * Returns the affine quantization of this range extended to include 0: scale = (max - min) /
   * (qmax - qmin), at least float32 epsilon; zero point = clamp(qmin - round(min / scale)); in
   * float32 as PyTorch's {@code UniformQuantizationObserverBase} computes it.
   *
   * @param integers the integers that a value may become
   * @return the fake quantization
   */
  public FakeQuantize affine(Precision.IntegerRange integers) {
    float low = (float) Math.min(min, 0);
    float high = (float) Math.max(max, 0);
    float steps = integers.qmax() - integers.qmin();
    float scale = Math.max((high - low) / steps, EPS);
    long zero = integers.qmin() - (long) Math.rint(low / scale);
    int zeroPoint = (int) Math.max(integers.qmin(), Math.min(integers.qmax(), zero));
    return new FakeQuantize(scale, zeroPoint, integers);
  }
}
