package org.bitgaze.network;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A graph after a rewriting, and where the outputs of the nodes before it are found.
 *
 * @param graph the graph now
 * @param moved node before to the node that has its output now, where the name is another
 * @param lost nodes before whose output nothing computes any more
 */
public record Rewritten(Graph graph, Map<String, String> moved, Set<String> lost) {

  /** Copies the collections. */
  public Rewritten {
    moved = Map.copyOf(moved);
    lost = Set.copyOf(lost);
  }

  /**
   * Returns a graph to which nothing was done.
   *
   * @param graph any graph
   * @return the graph, with all outputs where they are
   */
  public static Rewritten unchanged(Graph graph) {
    return new Rewritten(graph, Map.of(), Set.of());
  }

  /**
   * Finds the output of a node.
   *
   * @param node its name before
   * @return the name of the node that has its output now
   * @throws IllegalArgumentException if nothing computes it any more
   */
  public String locate(String node) {
    if (lost.contains(node)) {
      throw new IllegalArgumentException(
          "'" + node + "' is computed together with what follows it, and has no output of its own");
    }
    return moved.getOrDefault(node, node);
  }

  /**
   * Adds a rewriting that was done to this graph.
   *
   * @param next its result
   * @return the graph after both, with the outputs of the nodes before both
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
