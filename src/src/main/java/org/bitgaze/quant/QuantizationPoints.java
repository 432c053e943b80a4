package org.bitgaze.quant;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.OutputWalk;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Outputs;
import org.bitgaze.network.op.ScalarAffine;
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
   * @param range the range that is fixed, such as [0, 1] of a softmax; empty where it is observed
   */
  public record Point(
      String name, Optional<Function<IntegerRange, FakeQuantize>> fixed, Optional<Range> range) {}

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
                points.put(behind.name(), new Point(node.name(), row.fixed(), row.range()));
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
      averagedHeads(graph).forEach(points::remove);
    }
    return points;
  }

  /**
   * Returns the final layers and their sum, if the logits are a sum or a mean of several layers'
   * outputs, as in a distilled DeiT: they are logits, too.
   */
  private static Set<String> averagedHeads(Graph graph) {
    Node sum = withoutFactors(graph, graph.output());
    if (!(sum.op() instanceof Add)) {
      return Set.of();
    }
    Set<String> heads = new HashSet<>(Set.of(sum.name()));
    for (String input : sum.inputs()) {
      Node head = withoutFactors(graph, graph.node(input));
      if (head.op().weights().isEmpty()) {
        return Set.of();
      }
      heads.add(head.name());
    }
    return heads;
  }

  /** The node whose output a node multiplies by a number, or only views. */
  private static Node withoutFactors(Graph graph, Node node) {
    boolean passes =
        node.op() instanceof ScalarAffine
            || node.op() instanceof MulConstant factor && !PlacementTable.isTensor(factor.shape())
            || node.op().isAlias(node.inputs().size());
    return passes ? withoutFactors(graph, graph.node(node.input())) : node;
  }
}
