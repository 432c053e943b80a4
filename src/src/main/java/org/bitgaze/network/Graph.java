package org.bitgaze.network;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A network's operations: nodes, each after its inputs, in static single assignment form. The last
 * node is the output. Immutable.
 */
public final class Graph {
  private final String name;
  private final Map<String, Node> nodes;
  private final Map<String, List<Node>> consumers;

  /**
   * Creates a graph.
   *
   * @param name the network's name, such as {@code mobilenet_v2}
   * @param nodes the nodes, each after its inputs; the last is the output
   * @throws IllegalArgumentException if two nodes share a name, or a node takes the output of one
   *     that does not come before it
   */
  public Graph(String name, Collection<Node> nodes) {
    this.name = name;
    this.nodes = new LinkedHashMap<>();
    this.consumers = new LinkedHashMap<>();
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (!this.nodes.containsKey(input)) {
          throw new IllegalArgumentException(
              name + ": " + node.name() + " takes " + input + ", which does not come before it");
        }
        consumers.get(input).add(node);
      }
      if (this.nodes.put(node.name(), node) != null) {
        throw new IllegalArgumentException(name + ": two nodes are named " + node.name());
      }
      consumers.put(node.name(), new ArrayList<>());
    }
  }

  /** {@return the network's name, such as {@code mobilenet_v2}} */
  public String name() {
    return name;
  }

  /** {@return the nodes, each after its inputs} */
  public List<Node> nodes() {
    return List.copyOf(nodes.values());
  }

  /** {@return a new set of the nodes' names, in graph order} */
  public Set<String> names() {
    return new LinkedHashSet<>(nodes.keySet());
  }

  /**
   * Returns a node by name.
   *
   * @param node its name
   * @return the node
   * @throws IllegalArgumentException if there is none
   */
  public Node node(String node) {
    Node found = nodes.get(node);
    if (found == null) {
      throw new IllegalArgumentException(name + " has no node " + node);
    }
    return found;
  }

  /**
   * Returns the nodes that take a node's output.
   *
   * @param node its name
   * @return the consumers in graph order; one that takes the output twice is listed twice
   */
  public List<Node> consumers(String node) {
    return List.copyOf(consumers.get(node));
  }

  /**
   * Returns the only consumer of a node's output.
   *
   * @param node its name
   * @return the consumer; empty if there are none or several
   */
  public Optional<Node> soleConsumer(String node) {
    List<Node> all = consumers.get(node);
    return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
  }

  /**
   * Rewrites the graph node by node. Passes change graphs in no other way.
   *
   * @param rule returns the edit for a node of this graph
   * @return the new graph, and where the nodes' outputs are now
   */
  public Rewritten rewrite(Function<Node, Edit> rule) {
    List<Node> rewritten = new ArrayList<>();
    Map<String, String> moved = new HashMap<>();
    Set<String> lost = new HashSet<>();
    for (Node old : nodes.values()) {
      Node node = old.rewired(moved);
      Edit edit = rule.apply(old);
      if (edit instanceof Edit.Remove) {
        moved.put(node.name(), node.input());
        continue;
      }
      if (edit instanceof Edit.ReplaceChangingOutput replace) {
        lost.add(node.name());
        node = node.with(replace.op());
      }
      if (edit instanceof Edit.ReplaceKeepingOutput replace) {
        node = node.with(replace.op());
      }
      rewritten.add(node);
      if (edit instanceof Edit.Append append) {
        String name = node.name() + append.suffix();
        rewritten.add(new Node(name, node.module(), append.op(), List.of(node.name())));
        moved.put(node.name(), name);
      }
    }
    return new Rewritten(new Graph(name, rewritten), moved, lost);
  }

  /** {@return the last node, whose output is the network's} */
  public Node output() {
    List<Node> all = nodes();
    return all.get(all.size() - 1);
  }

  /**
   * Returns the parameters that the network reads.
   *
   * @return name ({@code node.weight}) to shape, in graph order
   */
  public Map<String, int[]> parameters() {
    Map<String, int[]> all = new LinkedHashMap<>();
    for (Node node : nodes.values()) {
      node.op().parameters().forEach((local, shape) -> all.put(node.name() + "." + local, shape));
    }
    return all;
  }

  /**
   * Returns a node and all nodes that it depends on.
   *
   * @param node its name
   * @return the names in graph order
   */
  public Set<String> ancestors(String node) {
    Set<String> wanted = new LinkedHashSet<>();
    wanted.add(node);
    List<Node> reversed = new ArrayList<>(nodes.values());
    Collections.reverse(reversed);
    for (Node n : reversed) {
      if (wanted.contains(n.name())) {
        wanted.addAll(n.inputs());
      }
    }
    Set<String> ordered = new LinkedHashSet<>(nodes.keySet());
    ordered.retainAll(wanted);
    return ordered;
  }

  /**
   * Tells whether no value of a node's output is negative, by the operations that compute it.
   *
   * @param name the node
   * @return false if it is not known
   */
  public boolean isNonNegative(String name) {
    Set<String> nonNegative = new HashSet<>();
    for (Node node : nodes()) {
      boolean inputs = !node.inputs().isEmpty() && nonNegative.containsAll(node.inputs());
      if (node.op().isNonNegative(inputs)) {
        nonNegative.add(node.name());
      }
    }
    return nonNegative.contains(name);
  }
}
