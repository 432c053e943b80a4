package org.bitgaze.quant;

import java.io.Serializable;
import java.util.function.Function;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.op.Op;

/** What is done to a network's weights and activations. */
public sealed interface Quantization extends Serializable {
  /** Nothing: single-precision floating point. */
  Quantization NONE = new None();

  /**
   * Rewrites a network.
   *
   * @param network a network after the pass of a {@link org.bitgaze.graph.Mode}
   * @param scheme how activations are quantized
   * @return the network that computes with quantized weights and activations, in floating point
   * @throws IllegalArgumentException if a quantization point has no range
   */
  Network apply(Network network, Scheme scheme);

  /** Nothing: single-precision floating point. */
  record None() implements Quantization {
    private static final long serialVersionUID = 1L;

    @Override
    public Network apply(Network network, Scheme scheme) {
      return network;
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
    public Network apply(Network network, Scheme scheme) {
      String name = network.graph().name();
      Precision.IntegerRange integers = scheme.activations(precision);
      return quantize(
          network, scheme, precision, point -> ranges.get(name, point).affine(integers));
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
    public Network apply(Network network, Scheme scheme) {
      Op each = new DynamicFakeQuantize(scheme.activations(precision));
      return quantize(network, scheme, precision, point -> each);
    }
  }

  private static Network quantize(
      Network network, Scheme scheme, Precision precision, Function<String, Op> activation) {
    if (isQuantized(network.graph())) {
      throw new IllegalArgumentException(
          network.graph().name() + " is quantized already; it can be explained as it is, at f32");
    }
    return network
        .apply(
            new AtPoints(
                scheme,
                ".fake_quantize",
                point -> point.isFixed() ? FakeQuantize.UNIT : activation.apply(point.name())))
        .apply(new QuantizeWeights(precision));
  }

  /**
   * Tells whether a network's activations are quantized.
   *
   * @param graph any graph
   * @return whether a node of it quantizes
   */
  static boolean isQuantized(Graph graph) {
    return graph.nodes().stream()
        .anyMatch(
            n ->
                n.op() instanceof FakeQuantize
                    || n.op() instanceof DynamicFakeQuantize
                    || n.op() instanceof LogitQuantize);
  }

  /**
   * Shows the ranges that {@link Static} wants.
   *
   * @param network a network after the pass of a {@link org.bitgaze.graph.Mode}
   * @param scheme how activations are quantized
   * @return the same function, which exposes each image's extremes at every quantization point
   */
  static Network observe(Network network, Scheme scheme) {
    return network.apply(new AtPoints(scheme, ".observer", point -> new Observe(point.name())));
  }
}
