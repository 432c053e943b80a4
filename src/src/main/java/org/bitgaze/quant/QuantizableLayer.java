package org.bitgaze.quant;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Op;

/**
 * What is quantized together: a quantization point with the weights that feed it. An addition has a
 * point and no weights; a network's last linear layer has weights and, where logits stay in
 * floating point, no point.
 *
 * @param name of the node that has the weights, or else of the point
 * @param hasPoint whether its activation can be quantized
 * @param weights how many numbers its weights are; 0 if it has none. Biases, which are never
 *     quantized, do not count
 * @param multiplyAdds multiplications with addition for one image; 0 if it has no weights
 */
public record QuantizableLayer(String name, boolean hasPoint, long weights, long multiplyAdds) {

  /**
   * Lists the layers of a network.
   *
   * @param graph a graph after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme which quantization points there are
   * @param side height and width of the images
   * @return in network order
   * @throws IllegalArgumentException if images of that size do not fit the network
   */
  public static List<QuantizableLayer> of(Graph graph, ActivationScheme scheme, int side) {
    Shapes shapes = Shapes.of(graph, side, side);
    Map<String, QuantizableLayer> layers = new LinkedHashMap<>();
    for (String name : names(graph, scheme)) {
      Node node = graph.node(name);
      long weights =
          node.op().weights().stream()
              .mapToLong(w -> elements(node.op().parameters().get(w)))
              .sum();
      List<int[]> inputs = node.inputs().stream().map(shapes::get).toList();
      layers.put(
          name,
          new QuantizableLayer(
              name, false, weights, weights == 0 ? 0 : node.op().multiplyAdds(inputs)));
    }
    QuantizationPoints.of(graph, scheme)
        .values()
        .forEach(p -> layers.computeIfPresent(p.name(), (n, l) -> l.pointed()));
    return List.copyOf(layers.values());
  }

  /** The names alone, in network order. */
  static List<String> names(Graph graph, ActivationScheme scheme) {
    List<String> points =
        QuantizationPoints.of(graph, scheme).values().stream()
            .map(QuantizationPoints.Point::name)
            .toList();
    List<String> names = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Op op = node.op();
      if (!op.weights().isEmpty() || points.contains(node.name())) {
        names.add(node.name());
      }
    }
    return names;
  }

  private QuantizableLayer pointed() {
    return new QuantizableLayer(name, true, weights, multiplyAdds);
  }

  private static long elements(int[] shape) {
    long elements = 1;
    for (int size : shape) {
      elements *= size;
    }
    return elements;
  }
}
