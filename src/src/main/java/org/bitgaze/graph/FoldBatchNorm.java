package org.bitgaze.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.weights.DerivedTensors;
import org.bitgaze.weights.DerivedTensors.Derivation;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/**
 * Folds each batch norm that alone follows a convolution into that convolution's weight and bias:
 * w' = w * gamma / sqrt(var + eps), b' = (b - mean) * gamma / sqrt(var + eps) + beta, per output
 * channel, in float32 and in the order of {@code torch.nn.utils.fusion.fuse_conv_bn_weights}, so
 * that a weight on the edge of two quantization steps falls as it does in PyTorch. Other batch
 * norms stay.
 */
public final class FoldBatchNorm {
  private FoldBatchNorm() {}

  /**
   * Applies the pass.
   *
   * @param network any network
   * @return the same function with fewer batch norms; a folded convolution keeps its name
   */
  public static Network apply(Network network) {
    Map<String, Derivation> derived = new LinkedHashMap<>();
    Graph folded = fold(network.graph(), derived);
    return new Network(folded, new DerivedTensors(network.weights(), derived));
  }

  /**
   * Applies the pass to a graph alone.
   *
   * @param graph any graph
   * @return the graph with fewer batch norms
   */
  public static Graph fold(Graph graph) {
    return fold(graph, new LinkedHashMap<>());
  }

  /**
   * Returns the batch norm that would be folded into a node.
   *
   * @param graph the graph before the pass
   * @param node any of its nodes
   * @return the batch norm, or null if the node is no convolution or something else follows it
   */
  public static Node foldable(Graph graph, Node node) {
    Node next = graph.soleConsumer(node.name());
    return node.op() instanceof Op.Conv2d && next != null && next.op() instanceof Op.BatchNorm2d
        ? next
        : null;
  }

  private static Graph fold(Graph graph, Map<String, Derivation> derived) {
    List<Node> nodes = new ArrayList<>();
    Map<String, String> renamed = new HashMap<>();
    for (Node node : graph.nodes()) {
      Node norm = foldable(graph, node);
      if (norm != null) {
        Op.Conv2d conv = (Op.Conv2d) node.op();
        nodes.add(node.with(conv.withBias()).rewired(renamed));
        derive(node, conv, norm, derived);
        renamed.put(norm.name(), node.name());
      } else if (!renamed.containsKey(node.name())) {
        nodes.add(node.rewired(renamed));
      }
    }
    return new Graph(graph.name(), nodes);
  }

  private static void derive(
      Node node, Op.Conv2d conv, Node norm, Map<String, Derivation> derived) {
    double eps = ((Op.BatchNorm2d) norm.op()).eps();
    String weight = node.name() + ".weight";
    String bias = node.name() + ".bias";
    derived.put(
        weight,
        new Derivation(
            conv.parameters().get("weight"),
            base -> {
              Tensor w = base.read(weight);
              float[] gamma = base.read(norm.name() + ".weight").data();
              float[] inverse = inverseDeviation(base, norm.name(), eps);
              int perChannel = w.data().length / inverse.length;
              float[] folded = new float[w.data().length];
              for (int i = 0; i < folded.length; i++) {
                int c = i / perChannel;
                folded[i] = w.data()[i] * (gamma[c] * inverse[c]);
              }
              return new Tensor(w.shape(), folded);
            }));
    derived.put(
        bias,
        new Derivation(
            new int[] {conv.out()},
            base -> {
              float[] inverse = inverseDeviation(base, norm.name(), eps);
              float[] gamma = base.read(norm.name() + ".weight").data();
              float[] mean = base.read(norm.name() + ".running_mean").data();
              float[] beta = base.read(norm.name() + ".bias").data();
              float[] b = conv.bias() ? base.read(bias).data() : new float[inverse.length];
              float[] folded = new float[inverse.length];
              for (int c = 0; c < folded.length; c++) {
                folded[c] = (b[c] - mean[c]) * inverse[c] * gamma[c] + beta[c];
              }
              return new Tensor(new int[] {folded.length}, folded);
            }));
  }

  private static float[] inverseDeviation(TensorSource base, String norm, double eps)
      throws IOException {
    float[] inverse = base.read(norm + ".running_var").data().clone();
    for (int c = 0; c < inverse.length; c++) {
      inverse[c] = 1f / (float) Math.sqrt(inverse[c] + (float) eps);
    }
    return inverse;
  }
}
