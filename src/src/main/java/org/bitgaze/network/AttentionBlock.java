package org.bitgaze.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.MatMul;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Softmax;

/**
 * An attention: a softmax whose output multiplies the values.
 *
 * @param softmax the softmax over the scores
 * @param weights the node whose output enters the product as its left operand: the softmax, or what
 *     quantizes or views its output
 * @param product the product with the values
 */
public record AttentionBlock(Node softmax, Node weights, Node product) {

  /**
   * Finds a network's attentions.
   *
   * @param graph any graph
   * @return the attentions in graph order
   */
  public static List<AttentionBlock> of(Graph graph) {
    List<AttentionBlock> all = new ArrayList<>();
    for (Node node : graph.nodes()) {
      of(graph, node).ifPresent(all::add);
    }
    return all;
  }

  /**
   * Finds the attention whose product a node is.
   *
   * @param graph the node's graph
   * @param node any node
   * @return the attention; empty if the node is not a product with the output of a softmax
   */
  static Optional<AttentionBlock> of(Graph graph, Node node) {
    if (!(node.op() instanceof MatMul)) {
      return Optional.empty();
    }
    Node weights = graph.node(node.input());
    Node softmax = weights;
    while (softmax.op().quantizes() || softmax.op().isAlias(softmax.inputs().size())) {
      softmax = graph.node(softmax.input());
    }
    return softmax.op() instanceof Softmax
        ? Optional.of(new AttentionBlock(softmax, weights, node))
        : Optional.empty();
  }

  /**
   * Finds the tokens that the keys are made of.
   *
   * @param graph the attention's graph
   * @return the data input of the linear layer that makes the keys, before it was transposed or
   *     reshaped; empty if no product of queries and keys, or no such layer, is found
   */
  Optional<Node> keySource(Graph graph) {
    return scores(graph, graph.node(softmax.input()))
        .flatMap(scores -> linear(graph, graph.node(scores.inputs().get(1))))
        .map(linear -> original(graph, graph.node(linear.input())));
  }

  /** The product of queries and keys behind biases, factors and quantizations. */
  private static Optional<Node> scores(Graph graph, Node node) {
    Op op = node.op();
    if (op instanceof MatMul) {
      return Optional.of(node);
    }
    if (node.inputs().isEmpty() || !op.weights().isEmpty()) {
      return Optional.empty();
    }
    if (op instanceof Add) {
      return node.inputs().stream().flatMap(i -> scores(graph, graph.node(i)).stream()).findFirst();
    }
    return scores(graph, graph.node(node.input()));
  }

  /** The layer with weights before a node; norms, factors and views may lie between. */
  private static Optional<Node> linear(Graph graph, Node node) {
    if (!node.op().weights().isEmpty()) {
      return Optional.of(node);
    }
    return node.inputs().isEmpty() ? Optional.empty() : linear(graph, graph.node(node.input()));
  }

  /** Undoes views, and quantizations of views: of what lies before them, too. */
  private static Node original(Graph graph, Node node) {
    Node seen = node;
    while (seen.op().quantizes() && isView(graph.node(seen.input()))) {
      seen = graph.node(seen.input());
    }
    return isView(seen) ? original(graph, graph.node(seen.input())) : seen;
  }

  private static boolean isView(Node node) {
    return node.op() instanceof Permute || node.op() instanceof Reshape;
  }
}
