package org.bitgaze.quant;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.graph.Node;
import org.bitgaze.graph.Op;
import org.bitgaze.weights.DerivedTensors;
import org.bitgaze.weights.DerivedTensors.Derivation;
import org.bitgaze.weights.TensorSource;

/**
 * Rewrites a network so that it computes with quantized weights and activations, in floating point:
 * weights are replaced by their fake-quantized values, and a fake quantization is put at each
 * quantization point. Biases stay in float, as in PyTorch.
 */
public final class FakeQuantizePass {
  /** What the name of a fake quantization adds to the node it follows. */
  public static final String SUFFIX = ".fake_quantize";

  private FakeQuantizePass() {}

  /**
   * Applies the pass with ranges that were calibrated.
   *
   * @param network a network whose batch norms are folded
   * @param precision an integer precision
   * @param ranges point to range
   * @return the quantized network
   * @throws IllegalArgumentException if a point has no range
   */
  public static Network withStaticRanges(
      Network network, Precision precision, Map<String, Range> ranges) {
    Graph graph =
        InsertAfter.apply(
            network.graph(),
            QuantizationPoints.of(network.graph()),
            point -> {
              Range range = ranges.get(point);
              if (range == null) {
                throw new IllegalArgumentException(
                    network.graph().name() + ": no range was calibrated for '" + point + "'");
              }
              return range.affine(precision.activations());
            },
            SUFFIX);
    return new Network(graph, quantizeWeights(network, precision));
  }

  /**
   * Applies the pass with each image's own extremes at each point as its range.
   *
   * @param network a network whose batch norms are folded
   * @param precision an integer precision
   * @return the quantized network
   */
  public static Network withDynamicRanges(Network network, Precision precision) {
    Precision.IntegerRange q = precision.activations();
    Graph graph =
        InsertAfter.apply(
            network.graph(),
            QuantizationPoints.of(network.graph()),
            point -> new Op.DynamicFakeQuantize(q.qmin(), q.qmax()),
            SUFFIX);
    return new Network(graph, quantizeWeights(network, precision));
  }

  /**
   * Drops each ReLU and ReLU6 that a static fake quantization right after it makes superfluous:
   * with zero point = qmin every negative value becomes 0 anyway, and a range that ends at or below
   * 6 clamps what ReLU6 would. The values stay the same to the bit; gradients do not, so this is
   * for the part of a network that is never differentiated.
   *
   * @param graph a quantized graph
   * @param keep nodes to leave alone
   * @return the same function with fewer passes over memory
   */
  public static Graph absorbActivations(Graph graph, Set<String> keep) {
    Map<String, String> replaced = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node next = graph.soleConsumer(node.name());
      if (!keep.contains(node.name())
          && next != null
          && next.op() instanceof Op.FakeQuantize q
          && covers(q, node.op())) {
        replaced.put(node.name(), replaced.getOrDefault(node.input(), node.input()));
      } else {
        nodes.add(node.rewired(replaced));
      }
    }
    return new Graph(graph.name(), nodes);
  }

  private static boolean covers(Op.FakeQuantize q, Op op) {
    boolean positive = q.zeroPoint() == q.qmin();
    return (op instanceof Op.ReLU && positive)
        || (op instanceof Op.ReLU6
            && positive
            // A value beyond 6 must round to qmax; it does if 6 itself does.
            && Math.rint(6 / q.scale()) >= (double) q.qmax() - q.zeroPoint());
  }

  private static TensorSource quantizeWeights(Network network, Precision precision) {
    Map<String, Derivation> derived = new LinkedHashMap<>();
    for (Node node : network.graph().nodes()) {
      if (node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear) {
        String name = node.name() + ".weight";
        derived.put(
            name,
            new Derivation(
                node.op().parameters().get("weight"),
                base -> WeightQuantization.fakeQuantize(base.read(name), precision)));
      }
    }
    return new DerivedTensors(network.weights(), derived);
  }
}
