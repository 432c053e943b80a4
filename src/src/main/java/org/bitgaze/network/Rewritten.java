package org.bitgaze.network;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A rewritten graph, and where the outputs of the original nodes are now.
 *
 * @param graph the new graph
 * @param moved original node to the node that has its output now, where the names differ
 * @param lost original nodes whose output is no longer computed
 */
public record Rewritten(Graph graph, Map<String, String> moved, Set<String> lost) {

  /** Copies the collections. */
  public Rewritten {
    moved = Map.copyOf(moved);
    lost = Set.copyOf(lost);
  }

  /**
   * Wraps a graph that was not rewritten.
   *
   * @param graph any graph
   * @return the graph, with all outputs in place
   */
  public static Rewritten unchanged(Graph graph) {
    return new Rewritten(graph, Map.of(), Set.of());
  }

  /**
   * Finds the output of an original node.
   *
   * @param node the node's original name
   * @return the name of the node that has its output now
   * @throws IllegalArgumentException if it is no longer computed
   */
  public String locate(String node) {
    if (lost.contains(node)) {
      throw new IllegalArgumentException(
          "'" + node + "' is computed together with what follows it, and has no output of its own");
    }
    return moved.getOrDefault(node, node);
  }

  /**
   * Composes this rewriting with one of {@link #graph}.
   *
   * @param next the later rewriting
   * @return the graph after both, and where the outputs of the nodes before both are now
   */
  public Rewritten then(Rewritten next) {
    Map<String, String> all = new HashMap<>(next.moved);
    Set<String> gone = new HashSet<>(lost);
    next.lost.stream().filter(node -> !moved.containsKey(node)).forEach(gone::add);
    moved.forEach(
        (node, now) -> {
          all.put(node, next.moved.getOrDefault(now, now));
          if (next.lost.contains(now)) {
            gone.add(node);
          }
        });
    return new Rewritten(next.graph, all, gone);
  }
}
