package org.bitgaze.quant;

import java.io.Serializable;
import java.util.Map;
import org.bitgaze.graph.Network;

/**
 * A precision with what it needs to know of a network's activations.
 *
 * @param precision the number of bits
 * @param ranges calibrated range of each quantization point; null where nothing is calibrated: each
 *     image's own extremes are taken
 */
public record Quantization(Precision precision, Map<String, Range> ranges) implements Serializable {

  /** No quantization. */
  public static final Quantization NONE = new Quantization(Precision.F32, null);

  /**
   * Rewrites a network.
   *
   * @param folded a network whose batch norms are folded
   * @return the same network for f32, else the fake-quantized one
   * @throws IllegalArgumentException if a point has no range
   */
  public Network apply(Network folded) {
    if (precision.isFloat()) {
      return folded;
    }
    return ranges == null
        ? FakeQuantizePass.withDynamicRanges(folded, precision)
        : FakeQuantizePass.withStaticRanges(folded, precision, ranges);
  }
}
