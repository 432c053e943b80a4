package org.bitgaze.quant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Node;
import org.bitgaze.op.QuantizationRole;

/**
 * Where activations are quantized, as the operations' {@link QuantizationRole}s say. A last layer
 * with weights stays in float: a target logit beyond its range would have no gradient, and so no
 * map.
 */
public final class QuantizationPoints {
  private QuantizationPoints() {}

  /**
   * Finds the points of a graph.
   *
   * @param graph a graph whose batch norms are folded
   * @return name of the node whose output is quantized, to the point's name (the layer whose fused
   *     output it is), in graph order
   */
  public static Map<String, String> of(Graph graph) {
    Map<String, String> points = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      switch (node.op().quantizationRole()) {
        case POINT -> points.put(node.name(), node.name());
        case FUSABLE -> {
          Optional<Node> activation =
              graph
                  .soleConsumer(node.name())
                  .filter(n -> n.op().quantizationRole() == QuantizationRole.ACTIVATION);
          if (activation.isPresent() || !isClassifier(graph, node)) {
            points.put(activation.orElse(node).name(), node.name());
          }
        }
        case ACTIVATION, NONE -> {}
      }
    }
    return points;
  }

  private static boolean isClassifier(Graph graph, Node node) {
    return !node.op().weights().isEmpty() && graph.consumers(node.name()).isEmpty();
  }
}
