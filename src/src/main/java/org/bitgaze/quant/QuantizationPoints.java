package org.bitgaze.quant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.OutputWalk;
import org.bitgaze.network.op.Outputs;
import org.bitgaze.quant.Precision.IntegerRange;

/** Finds the places in a graph where activations are quantized. */
public final class QuantizationPoints {
  private QuantizationPoints() {}

  /**
   * A quantization point.
   *
   * @param name the layer whose output is quantized, perhaps behind an activation fused with it
   * @param fixed the quantization to given integers, whatever was observed; empty where the range
   *     comes from observations
   */
  public record Point(String name, Optional<Function<IntegerRange, FakeQuantize>> fixed) {}

  /**
   * Finds the points of a graph.
   *
   * @param graph a graph after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme how activations are quantized
   * @return the node whose output is quantized, to the point, in graph order
   */
  public static Map<String, Point> of(Graph graph, ActivationScheme scheme) {
    PlacementTable table = scheme.points().table();
    Map<String, Point> points = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      table
          .row(node.op())
          .ifPresent(
              row -> {
                Node behind =
                    graph
                        .soleConsumer(node.name())
                        .filter(next -> row.fusedWith().contains(next.op().getClass()))
                        .orElse(node);
                points.put(behind.name(), new Point(node.name(), row.fixed()));
              });
    }
    if (graph.output().op() instanceof Outputs) {
      points.keySet().removeAll(OutputWalk.decoding(graph));
    }
    if (!scheme.quantizedLogits()) {
      // An activation fused with the last layer keeps its point.
      graph.nodes().stream()
          .filter(node -> !node.op().weights().isEmpty())
          .reduce((earlier, later) -> later)
          .filter(
              last ->
                  scheme.points() == PointPlacement.UNFUSED
                      || graph.consumers(last.name()).isEmpty())
          .ifPresent(last -> points.remove(last.name()));
    }
    return points;
  }
}
