package org.bitgaze.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.OutputWalk;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Softmax;

/**
 * The logits of an output: the output without the sigmoids and softmaxes that only moving
 * operations separate from it. Those operations are applied to the logits instead, and
 * quantizations between are left out.
 *
 * @param graph the network with the nodes that make the logits
 * @param node the node that returns the logits; the output itself if nothing was left out
 * @param leftOut a sigmoid or softmax that was left out
 * @param whole whether all of the output comes from those that were left out
 */
record Logits(Graph graph, String node, Optional<Op> leftOut, boolean whole) {

  /** {@return what the output is} */
  Scores scores() {
    return leftOut
        .map(op -> op instanceof Sigmoid ? Scores.SIGMOIDS : Scores.PROBABILITIES)
        .orElse(Scores.LOGITS);
  }

  /** Adds the logits of a node to a graph. */
  static Logits of(Graph graph, String output) {
    List<Node> all = graph.nodes();
    Set<String> needed = new HashSet<>(Set.of(output));
    for (int i = all.size() - 1; i >= 0; i--) {
      Node node = all.get(i);
      if (needed.contains(node.name()) && OutputWalk.moves(node.op())) {
        needed.addAll(node.inputs());
      }
    }
    List<Node> extended = new ArrayList<>(all);
    Map<String, String> logits = new HashMap<>();
    Optional<Op> leftOut = Optional.empty();
    boolean whole = true;
    for (Node node : all) {
      if (!needed.contains(node.name())) {
        continue;
      }
      List<String> inputs =
          node.inputs().stream().map(input -> logits.getOrDefault(input, input)).toList();
      if (node.op() instanceof Sigmoid || node.op() instanceof Softmax) {
        leftOut = Optional.of(node.op());
        logits.put(node.name(), node.input());
      } else if (OutputWalk.moves(node.op()) && !inputs.equals(node.inputs())) {
        if (node.op().quantizes()) {
          logits.put(node.name(), inputs.get(0));
        } else {
          Node moved = new Node(fresh(graph, node.name()), node.module(), node.op(), inputs);
          extended.add(moved);
          logits.put(node.name(), moved.name());
        }
      } else if (!OutputWalk.moves(node.op())) {
        whole = false;
      }
    }
    return new Logits(
        new Graph(graph.name(), extended), logits.getOrDefault(output, output), leftOut, whole);
  }

  private static String fresh(Graph graph, String name) {
    StringBuilder fresh = new StringBuilder(name + ".logits");
    while (graph.names().contains(fresh.toString())) {
      fresh.append('_');
    }
    return fresh.toString();
  }
}
