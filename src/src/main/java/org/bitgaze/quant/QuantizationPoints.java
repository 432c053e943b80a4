package org.bitgaze.quant;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Node;
import org.bitgaze.graph.Op;

/**
 * Where activations are quantized: the input; the output of every convolution, linear layer,
 * unfolded batch norm, add, mul, cat, SiLU and sigmoid; where one of conv, linear, batch norm or
 * add feeds exactly one ReLU or ReLU6, after that activation instead. The final linear layer stays
 * in float: a target logit beyond its range would have no gradient, and so no map.
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
      if (isFusable(node.op())) {
        Node next = graph.soleConsumer(node.name());
        if (next != null && (next.op() instanceof Op.ReLU || next.op() instanceof Op.ReLU6)) {
          points.put(next.name(), node.name());
        } else if (!isFinalLinear(graph, node)) {
          points.put(node.name(), node.name());
        }
      } else if (node.op() instanceof Op.Input
          || node.op() instanceof Op.Mul
          || node.op() instanceof Op.Cat
          || node.op() instanceof Op.SiLU
          || node.op() instanceof Op.Sigmoid) {
        points.put(node.name(), node.name());
      }
    }
    return points;
  }

  private static boolean isFusable(Op op) {
    return op instanceof Op.Conv2d
        || op instanceof Op.Linear
        || op instanceof Op.BatchNorm2d
        || op instanceof Op.Add;
  }

  private static boolean isFinalLinear(Graph graph, Node node) {
    return node.op() instanceof Op.Linear && graph.consumers(node.name()).isEmpty();
  }
}
