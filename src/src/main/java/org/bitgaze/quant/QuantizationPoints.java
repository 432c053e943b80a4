package org.bitgaze.quant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.QuantizationRole;
import org.bitgaze.network.op.UnfusedRole;

/**
 * Where activations are quantized, as the operations' {@link QuantizationRole}s or {@link
 * UnfusedRole}s say.
 */
public final class QuantizationPoints {
  private QuantizationPoints() {}

  /**
   * A quantization point.
   *
   * @param name the layer whose output it is, or whose output fused with what follows
   * @param isFixed whether its integers are {@link FakeQuantize#UNIT}'s whatever is observed
   */
  public record Point(String name, boolean isFixed) {}

  /**
   * Finds the points of a graph.
   *
   * @param graph a graph after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme how activations are quantized
   * @return name of the node whose output is quantized, to the point, in graph order
   */
  public static Map<String, Point> of(Graph graph, ActivationScheme scheme) {
    return switch (scheme.points()) {
      case FUSED -> fused(graph, scheme.quantizedLogits());
      case UNFUSED -> unfused(graph, scheme.quantizedLogits());
    };
  }

  /** An activation that follows the last layer takes its point even where logits stay in float. */
  private static Map<String, Point> fused(Graph graph, boolean quantizedLogits) {
    Map<String, Point> points = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      switch (node.op().quantizationRole()) {
        case POINT -> points.put(node.name(), new Point(node.name(), false));
        case FUSABLE -> {
          Optional<Node> activation =
              graph
                  .soleConsumer(node.name())
                  .filter(n -> n.op().quantizationRole() == QuantizationRole.ACTIVATION);
          boolean isOutput = hasWeights(node) && graph.consumers(node.name()).isEmpty();
          if (activation.isPresent() || !isOutput || quantizedLogits) {
            points.put(activation.orElse(node).name(), new Point(node.name(), false));
          }
        }
        case ACTIVATION, NONE -> {}
      }
    }
    return points;
  }

  private static Map<String, Point> unfused(Graph graph, boolean quantizedLogits) {
    Map<String, Point> points = new LinkedHashMap<>();
    String last = "";
    for (Node node : graph.nodes()) {
      UnfusedRole role = node.op().unfusedRole();
      if (role != UnfusedRole.NONE) {
        points.put(node.name(), new Point(node.name(), role == UnfusedRole.FIXED_POINT));
      }
      last = hasWeights(node) ? node.name() : last;
    }
    if (!quantizedLogits) {
      points.remove(last);
    }
    return points;
  }

  private static boolean hasWeights(Node node) {
    return !node.op().weights().isEmpty();
  }
}
