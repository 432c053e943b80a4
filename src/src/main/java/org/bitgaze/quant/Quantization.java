package org.bitgaze.quant;

import java.io.Serializable;
import java.util.function.Function;
import org.bitgaze.graph.Network;
import org.bitgaze.op.Op;

/** What is done to a network's weights and activations. */
public sealed interface Quantization extends Serializable {
  /** Nothing: single-precision floating point. */
  Quantization NONE = new None();

  /**
   * Rewrites a network.
   *
   * @param folded a network whose batch norms are folded
   * @return the network that computes with quantized weights and activations, in floating point
   * @throws IllegalArgumentException if a quantization point has no range
   */
  Network apply(Network folded);

  /** Nothing: single-precision floating point. */
  record None() implements Quantization {
    private static final long serialVersionUID = 1L;

    @Override
    public Network apply(Network folded) {
      return folded;
    }
  }

  /**
   * Activations by ranges that were calibrated.
   *
   * @param precision an integer precision
   * @param ranges of every quantization point
   */
  record Static(Precision precision, Ranges ranges) implements Quantization {
    private static final long serialVersionUID = 1L;

    @Override
    public Network apply(Network folded) {
      String name = folded.graph().name();
      return quantize(
          folded, precision, point -> ranges.get(name, point).affine(precision.activations()));
    }
  }

  /**
   * Activations by each image's own extremes.
   *
   * @param precision an integer precision
   */
  record Dynamic(Precision precision) implements Quantization {
    private static final long serialVersionUID = 1L;

    @Override
    public Network apply(Network folded) {
      return quantize(folded, precision, point -> new DynamicFakeQuantize(precision.activations()));
    }
  }

  private static Network quantize(
      Network folded, Precision precision, Function<String, Op> activation) {
    return folded
        .apply(new AtPoints(".fake_quantize", activation))
        .apply(new QuantizeWeights(precision));
  }

  /**
   * Shows the ranges that {@link Static} wants.
   *
   * @param folded a network whose batch norms are folded
   * @return the same function, which exposes each image's extremes at every quantization point
   */
  static Network observe(Network folded) {
    return folded.apply(AtPoints.observers());
  }
}
