package org.bitgaze.network;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Gather;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Interpolate;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Outputs;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Slice;
import org.bitgaze.network.op.Softmax;

/**
 * A walk back from a network's outputs, through operations that only move, squash or resize values,
 * to those that compute them: the heads' last convolutions, a linear layer, a sum.
 *
 * @param passed the nodes that the walk passes
 * @param sources the nodes at which it ends
 */
public record OutputWalk(Set<String> passed, Set<String> sources) {
  /** Operations that move or select values. */
  private static final Set<Class<? extends Op>> MOVING =
      Set.of(
          Cat.class,
          Dropout.class,
          Flatten.class,
          Gather.class,
          Outputs.class,
          Permute.class,
          Reshape.class,
          Slice.class);

  private static final Set<Class<? extends Op>> PASSED =
      Set.of(Interpolate.class, Sigmoid.class, Softmax.class);

  /**
   * Tells whether an operation only moves or selects values.
   *
   * @param op the operation
   * @return whether it does, or only quantizes them
   */
  public static boolean moves(Op op) {
    return MOVING.contains(op.getClass()) || op.quantizes();
  }

  /**
   * Walks back.
   *
   * @param graph the network
   * @param outputs nodes to begin at
   * @return what was passed, and where the walk ended; values that do not depend on the image are
   *     no sources
   */
  public static OutputWalk of(Graph graph, Collection<String> outputs) {
    Set<String> reached = new HashSet<>(outputs);
    Set<String> passed = new LinkedHashSet<>();
    Set<String> sources = new LinkedHashSet<>();
    List<Node> nodes = graph.nodes();
    Set<String> dependent = descendants(graph, Set.of(nodes.get(0).name()));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (reached.contains(node.name()) && dependent.contains(node.name())) {
        if (moves(node.op()) || PASSED.contains(node.op().getClass())) {
          passed.add(node.name());
          reached.addAll(node.inputs());
        } else {
          sources.add(node.name());
        }
      }
    }
    return new OutputWalk(passed, sources);
  }

  /**
   * Finds the nodes that depend on some nodes.
   *
   * @param graph the network
   * @param from the nodes
   * @return those and all that take their outputs, directly or not
   */
  public static Set<String> descendants(Graph graph, Collection<String> from) {
    Set<String> all = new LinkedHashSet<>(from);
    for (Node node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(all::contains)) {
        all.add(node.name());
      }
    }
    return all;
  }

  /**
   * Finds the nodes that only decode outputs: the last layers with weights, and what follows them.
   * The constant convolution over a softmax that distribution focal loss ends with decodes, too.
   *
   * @param graph a network that ends with {@link Outputs}
   * @return the nodes
   */
  public static Set<String> decoding(Graph graph) {
    Set<String> decoding = descendants(graph, of(graph, Set.of(graph.output().name())).sources());
    Set<String> beforeWeights = new HashSet<>();
    List<Node> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      boolean before =
          graph.consumers(node.name()).stream()
              .anyMatch(
                  next ->
                      beforeWeights.contains(next.name())
                          || (!next.op().weights().isEmpty() && !isExpectation(graph, next)));
      if (before) {
        beforeWeights.add(node.name());
      } else if (!(node.op() instanceof Input)) {
        decoding.add(node.name());
      }
    }
    return decoding;
  }

  private static boolean isExpectation(Graph graph, Node node) {
    Node before = graph.node(node.input());
    while (moves(before.op()) && !before.inputs().isEmpty()) {
      before = graph.node(before.input());
    }
    return node.op() instanceof Conv2d conv && conv.out() == 1 && before.op() instanceof Softmax;
  }
}
