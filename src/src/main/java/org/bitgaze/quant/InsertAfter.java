package org.bitgaze.quant;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Node;
import org.bitgaze.graph.Op;

/** Puts an operation behind every quantization point, for all who take the point's output. */
final class InsertAfter {
  private InsertAfter() {}

  /**
   * Applies the pass.
   *
   * @param graph a graph
   * @param points node to point, as {@link QuantizationPoints#of} gives them
   * @param op the operation to insert at a point
   * @param suffix appended to the node's name for the new node's
   * @return the new graph; nodes keep their names
   */
  static Graph apply(
      Graph graph, Map<String, String> points, Function<String, Op> op, String suffix) {
    List<Node> nodes = new ArrayList<>();
    Map<String, String> replaced = new HashMap<>();
    for (Node node : graph.nodes()) {
      nodes.add(node.rewired(replaced));
      String point = points.get(node.name());
      if (point != null) {
        String name = node.name() + suffix;
        nodes.add(new Node(name, node.module(), op.apply(point), List.of(node.name())));
        replaced.put(node.name(), name);
      }
    }
    return new Graph(graph.name(), nodes);
  }
}
