package org.bitgaze.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.AttentionBlock;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Pass;
import org.bitgaze.network.Rewritten;
import org.bitgaze.network.op.MatMul;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.Softmax;

/**
 * Replaces the products and the softmax of an attention by PyTorch's {@code
 * scaled_dot_product_attention}, which does not write the scores to memory. Only attentions over
 * all tokens (heads, T, d) without a bias are replaced, and only where nothing is quantized between
 * the two products.
 *
 * @param keep nodes whose outputs are needed
 */
record FuseAttention(Set<String> keep) implements Pass {

  /** The attention of queries (heads, T, d), transposed keys (heads, d, T') and values. */
  private record Fused(double scale) implements Op {
    @Override
    public int[] outputShape(List<int[]> inputs) {
      int[] out = inputs.get(0).clone();
      out[2] = inputs.get(2)[2];
      return out;
    }

    @Override
    public long multiplyAdds(List<int[]> inputs) {
      int[] q = inputs.get(0);
      int[] v = inputs.get(2);
      return (long) q[0] * q[1] * v[1] * (q[2] + v[2]);
    }

    @Override
    public String torchScript(Script script) {
      List<String> x = script.inputs();
      String keys = Script.call("transpose", x.get(1), 2, 3);
      return Script.call(
          "scaled_dot_product_attention",
          x.get(0),
          keys,
          x.get(2),
          "None",
          0.0,
          false,
          "scale=" + scale);
    }
  }

  /** What is replaced: the names of nodes that go, and the node that comes. */
  private record Match(List<String> removed, Node fused) {}

  @Override
  public Rewritten rewrite(Graph graph) {
    Map<String, Node> fused = new HashMap<>();
    Set<String> removed = new HashSet<>();
    for (AttentionBlock block : AttentionBlock.of(graph)) {
      match(graph, block)
          .ifPresent(
              m -> {
                fused.put(m.fused().name(), m.fused());
                removed.addAll(m.removed());
              });
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!removed.contains(node.name())) {
        nodes.add(fused.getOrDefault(node.name(), node));
      }
    }
    return new Rewritten(new Graph(graph.name(), nodes), Map.of(), removed);
  }

  private Optional<Match> match(Graph graph, AttentionBlock block) {
    Node softmax = block.softmax();
    if (!softmax.equals(block.weights())
        || !(softmax.op() instanceof Softmax s && s.axis() == 3)
        || !isInner(graph, softmax)) {
      return Optional.empty();
    }
    List<String> removed = new ArrayList<>(List.of(softmax.name()));
    double scale = 1;
    Node scores = graph.node(softmax.input());
    while (isFactor(scores) && isInner(graph, scores)) {
      removed.add(scores.name());
      scale *= ((ScalarAffine) scores.op()).factor();
      scores = graph.node(scores.input());
    }
    if (!(scores.op() instanceof MatMul) || !isInner(graph, scores)) {
      return Optional.empty();
    }
    removed.add(scores.name());
    Node queries = graph.node(scores.input());
    if (isFactor(queries) && isInner(graph, queries)) {
      removed.add(queries.name());
      scale *= ((ScalarAffine) queries.op()).factor();
      queries = graph.node(queries.input());
    }
    Node product = block.product();
    List<String> inputs = List.of(queries.name(), scores.inputs().get(1), product.inputs().get(1));
    return Optional.of(
        new Match(removed, new Node(product.name(), product.module(), new Fused(scale), inputs)));
  }

  private static boolean isFactor(Node node) {
    return node.op() instanceof ScalarAffine affine && affine.shift() == 0;
  }

  private boolean isInner(Graph graph, Node node) {
    return !keep.contains(node.name()) && graph.soleConsumer(node.name()).isPresent();
  }
}
