package org.bitgaze.torch.emit;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;

/** Which nodes share memory, and which node reads it last: the only one that may overwrite it. */
final class TensorMemory {
  private final Graph graph;

  /** Node to the node whose memory its output is. */
  private final Map<String, String> owners = new HashMap<>();

  private final Map<String, String> lastReaders = new HashMap<>();

  TensorMemory(Graph graph) {
    this.graph = graph;
    for (Node node : graph.nodes()) {
      boolean alias = node.op().isAlias(node.inputs().size());
      owners.put(node.name(), alias ? owners.get(node.input()) : node.name());
      node.inputs().forEach(input -> lastReaders.put(owners.get(input), node.name()));
    }
  }

  /** {@return the node whose memory a node's output is} */
  String owner(String node) {
    return owners.get(node);
  }

  /** {@return whether no later node reads the memory of a node's first input} */
  boolean isLastReader(Node node) {
    return node.name().equals(lastReaders.get(owner(node.input())));
  }

  /** {@return owners of the memory that nodes outside the given ones read} */
  Set<String> readOutside(Collection<String> nodes) {
    Set<String> read = new HashSet<>();
    for (Node node : graph.nodes()) {
      if (!nodes.contains(node.name())) {
        node.inputs().forEach(input -> read.add(owner(input)));
      }
    }
    return read;
  }
}
