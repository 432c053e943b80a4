package org.bitgaze.quant;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.ParameterPrecision;
import org.bitgaze.network.op.Op;
import org.bitgaze.quant.Precision.IntegerRange;
import org.bitgaze.quant.QuantizationPoints.Point;

/** How a network's weights and activations are quantized. */
public sealed interface Quantization extends Serializable {
  /** Single-precision floating point: nothing is quantized. */
  Quantization NONE = new None();

  /**
   * Quantizes a network.
   *
   * @param network a network after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme how activations are quantized
   * @return the network with fake-quantized weights and activations
   * @throws IllegalArgumentException if a quantization point has no range
   */
  Network apply(Network network, ActivationScheme scheme);

  /** Weights are rounded; activations are rounded to steps that ranges decide. */
  sealed interface Ranged extends Quantization {
    /** {@return the layers' precisions} */
    Configuration configuration();

    /**
     * Returns the fake quantization of an activation whose range is not fixed.
     *
     * @param network the network's name, for the message
     * @param point the quantization point's name
     * @param integers the integers that a value may become
     * @return the operation
     * @throws IllegalArgumentException if the point has no range
     */
    Op activation(String network, String point, IntegerRange integers);

    @Override
    default Network apply(Network network, ActivationScheme scheme) {
      Graph graph = network.graph();
      if (isQuantized(graph)) {
        throw new IllegalArgumentException(
            graph.name() + " is quantized already; it can only be explained as it is, at f32");
      }
      configuration().check(graph.name(), QuantizableLayer.names(graph, scheme));
      return network
          .apply(
              new InsertAtPoints(
                  scheme,
                  FakeQuantize.SUFFIX,
                  point ->
                      Optional.of(configuration().get(point.name()).activation())
                          .filter(precision -> !precision.isFloat())
                          .map(precision -> activation(graph.name(), point, scheme, precision))))
          .withPrecisions(weights(graph));
    }

    /**
     * Returns the fake quantization of an activation.
     *
     * @param network the network's name, for the message
     * @param point the quantization point
     * @param scheme which integers a value may become
     * @param precision an integer precision
     * @return the operation
     * @throws IllegalArgumentException if the point has no range
     */
    default Op activation(
        String network, Point point, ActivationScheme scheme, Precision precision) {
      IntegerRange integers = scheme.activations(precision);
      return point.fixed().isPresent()
          ? point.fixed().get().apply(integers)
          : activation(network, point.name(), integers);
    }

    /** The precisions of weights. Biases stay in float, as in PyTorch. */
    private Map<String, ParameterPrecision> weights(Graph graph) {
      Map<String, ParameterPrecision> precisions = new HashMap<>();
      for (Node node : graph.nodes()) {
        Precision precision = configuration().get(node.name()).weights();
        if (!precision.isFloat()) {
          for (String local : node.op().weights()) {
            precisions.put(node.name() + "." + local, new WeightQuantization(precision));
          }
        }
      }
      return precisions;
    }
  }

  /** See {@link #NONE}. */
  record None() implements Quantization {
    private static final long serialVersionUID = 1L;

    @Override
    public Network apply(Network network, ActivationScheme scheme) {
      return network;
    }
  }

  /**
   * Activations are quantized by calibrated ranges.
   *
   * @param configuration the layers' precisions
   * @param ranges the range of every point that is quantized and has no fixed range
   */
  record Static(Configuration configuration, Ranges ranges) implements Ranged {
    private static final long serialVersionUID = 1L;

    /**
     * Quantizes all layers alike.
     *
     * @param precision an integer precision
     * @param ranges the range of every point
     */
    public Static(Precision precision, Ranges ranges) {
      this(Configuration.uniform(precision), ranges);
    }

    @Override
    public Op activation(String network, String point, IntegerRange integers) {
      return ranges.get(network, point, integers).affine(integers);
    }
  }

  /**
   * Activations are quantized by each image's own extremes.
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
    public Op activation(String network, String point, IntegerRange integers) {
      return new DynamicFakeQuantize(integers);
    }
  }

  /**
   * Tells whether a network's activations are quantized.
   *
   * @param graph any graph
   * @return whether it has a node that quantizes
   */
  static boolean isQuantized(Graph graph) {
    return graph.nodes().stream().anyMatch(n -> n.op().quantizes());
  }

  /**
   * Inserts observers, which {@link Static} takes its ranges from.
   *
   * @param network a network after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme how activations are quantized
   * @return the same function, which also exposes each image's extremes at every quantization point
   */
  static Network observe(Network network, ActivationScheme scheme) {
    return network.apply(
        new InsertAtPoints(
            scheme, ".observer", point -> Optional.of(new Observe(point.name(), point.range()))));
  }

  /**
   * Inserts operations that count values, for rules that need a {@link Histogram}.
   *
   * @param network a network after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme how activations are quantized
   * @return the same function, which also exposes the counts of all images together at every
   *     quantization point
   */
  static Network count(Network network, ActivationScheme scheme) {
    AtomicInteger next = new AtomicInteger();
    return network.apply(
        new InsertAtPoints(
            scheme,
            ".counter",
            point -> Optional.of(new CountValues(point.name(), next.getAndIncrement()))));
  }
}
