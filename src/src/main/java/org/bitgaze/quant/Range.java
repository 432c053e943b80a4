package org.bitgaze.quant;

import java.io.Serializable;
import org.bitgaze.graph.Op;

/**
 * The values seen at a quantization point, in the activation's own unit.
 *
 * @param min the smallest, as seen (it need not include 0)
 * @param max the largest
 */
public record Range(double min, double max) implements Serializable {
  /** Float32 machine epsilon: the smallest scale, as in PyTorch's observers. */
  private static final double EPS = 0x1p-23;

  /**
   * Returns the affine quantization of this range extended to include 0: scale = (max - min) /
   * (qmax - qmin), at least float32 epsilon; zero point = clamp(qmin - round(min / scale)), as
   * PyTorch's {@code UniformQuantizationObserverBase} computes it.
   *
   * @param integers the integers to map to
   * @return the fake quantization
   */
  public Op.FakeQuantize affine(Precision.IntegerRange integers) {
    double low = Math.min(min, 0);
    double high = Math.max(max, 0);
    double scale = Math.max((high - low) / (integers.qmax() - integers.qmin()), EPS);
    long zero = integers.qmin() - (long) Math.rint(low / scale);
    int zeroPoint = (int) Math.max(integers.qmin(), Math.min(integers.qmax(), zero));
    return new Op.FakeQuantize(scale, zeroPoint, integers.qmin(), integers.qmax());
  }
}
