package org.bitgaze.quant;

import java.io.Serializable;
import java.util.Optional;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.op.Op;

/** What is done to a network's weights and activations. */
public sealed interface Quantization extends Serializable {
  /** Nothing: single-precision floating point. */
  Quantization NONE = new None();

  /**
   * Rewrites a network.
   *
   * @param network a network after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme how activations are quantized
   * @return the network that computes with quantized weights and activations, in floating point
   * @throws IllegalArgumentException if a quantization point has no range
   */
  Network apply(Network network, ActivationScheme scheme);

  /** Rounding of weights, and of activations to steps that come from ranges. */
  sealed interface Ranged extends Quantization {
    /**
     * Returns how much each layer is quantized.
     *
     * @return the layers' precisions
     */
    Configuration configuration();

    /**
     * Returns what quantizes one activation.
     *
     * @param network what to call the network in a message
     * @param point the quantization point
     * @param integers the integers that a value may become
     * @return the operation
     * @throws IllegalArgumentException if the point has no range
     */
    Op activation(String network, String point, Precision.IntegerRange integers);

    @Override
    default Network apply(Network network, ActivationScheme scheme) {
      Graph graph = network.graph();
      if (isQuantized(graph)) {
        throw new IllegalArgumentException(
            graph.name() + " is quantized already; it can be explained as it is, at f32");
      }
      configuration().check(graph.name(), QuantizableLayer.names(graph, scheme));
      return network
          .apply(
              new AtPoints(
                  scheme,
                  FakeQuantize.SUFFIX,
                  point -> {
                    Precision bits = configuration().get(point.name()).activation();
                    return bits.isFloat()
                        ? Optional.empty()
                        : Optional.of(activation(graph.name(), point, scheme, bits));
                  }))
          .apply(new QuantizeWeights(configuration()));
    }

    /**
     * Returns what quantizes one activation, of which some have integers of their own.
     *
     * @param network what to call the network in a message
     * @param point the quantization point
     * @param scheme which integers activations become
     * @param bits an integer precision
     * @return the operation
     * @throws IllegalArgumentException if the point has no range
     */
    default Op activation(
        String network, QuantizationPoints.Point point, ActivationScheme scheme, Precision bits) {
      return point.isFixed()
          ? FakeQuantize.UNIT
          : activation(network, point.name(), scheme.activations(bits));
    }
  }

  /** Nothing: single-precision floating point. */
  record None() implements Quantization {
    private static final long serialVersionUID = 1L;

    @Override
    public Network apply(Network network, ActivationScheme scheme) {
      return network;
    }
  }

  /**
   * Activations by ranges that were calibrated.
   *
   * @param configuration the layers' precisions
   * @param ranges of every quantization point that is quantized
   */
  record Static(Configuration configuration, Ranges ranges) implements Ranged {
    private static final long serialVersionUID = 1L;

    /**
     * Quantizes all layers alike.
     *
     * @param precision an integer precision
     * @param ranges of every quantization point
     */
    public Static(Precision precision, Ranges ranges) {
      this(Configuration.uniform(precision), ranges);
    }

    @Override
    public Op activation(String network, String point, Precision.IntegerRange integers) {
      return ranges.get(network, point).affine(integers);
    }
  }

  /**
   * Activations by each image's own extremes.
   *
   * @param configuration the layers' precisions
   */
  record Dynamic(Configuration configuration) implements Ranged {
    private static final long serialVersionUID = 1L;

    /**
     * Quantizes all layers alike.
     *
     * @param precision an integer precision
     */
    public Dynamic(Precision precision) {
      this(Configuration.uniform(precision));
    }

    @Override
    public Op activation(String network, String point, Precision.IntegerRange integers) {
      return new DynamicFakeQuantize(integers);
    }
  }

  /**
   * Tells whether a network's activations are quantized.
   *
   * @param graph any graph
   * @return whether a node of it quantizes
   */
  static boolean isQuantized(Graph graph) {
    return graph.nodes().stream().anyMatch(n -> n.op().quantizes());
  }

  /**
   * Shows the ranges that {@link Static} wants.
   *
   * @param network a network after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme how activations are quantized
   * @return the same function, which exposes each image's extremes at every quantization point
   */
  static Network observe(Network network, ActivationScheme scheme) {
    return network.apply(
        new AtPoints(scheme, ".observer", point -> Optional.of(new Observe(point.name()))));
  }
}
