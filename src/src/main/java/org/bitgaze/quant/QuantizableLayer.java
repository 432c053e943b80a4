package org.bitgaze.quant;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Size;
import org.bitgaze.weights.Tensor;

/**
 * What is quantized together: a quantization point and the weights that feed it. An addition has a
 * point and no weights. A network's last linear layer has weights and, where logits stay in
 * floating point, no point.
 *
 * @param name the name of the node that has the weights or, without weights, of the point
 * @param hasPoint whether its activation can be quantized
 * @param weights number of elements of its weights, without biases, which are never quantized
 * @param multiplyAdds multiply-adds of one image; 0 if it has no weights
 */
public record QuantizableLayer(String name, boolean hasPoint, long weights, long multiplyAdds) {

  /**
   * Lists the layers of a network.
   *
   * @param graph a graph after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme where the quantization points are
   * @param size height and width of the images in pixels
   * @return the layers in graph order
   * @throws IllegalArgumentException if images of that size do not fit the network
   */
  public static List<QuantizableLayer> of(Graph graph, ActivationScheme scheme, Size size) {
    Shapes shapes = Shapes.of(graph, size.height(), size.width());
    Set<String> points = points(graph, scheme);
    return names(graph, scheme).stream()
        .map(
            name -> {
              Node node = graph.node(name);
              Op op = node.op();
              long weights =
                  op.weights().stream()
                      .mapToLong(w -> Tensor.elements(op.parameters().get(w)))
                      .sum();
              List<int[]> inputs = node.inputs().stream().map(shapes::get).toList();
              long multiplyAdds = weights == 0 ? 0 : op.multiplyAdds(inputs);
              return new QuantizableLayer(name, points.contains(name), weights, multiplyAdds);
            })
        .toList();
  }

  /**
   * Lists the layers' names.
   *
   * @param graph a graph after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme where the quantization points are
   * @return the names in graph order
   */
  public static List<String> names(Graph graph, ActivationScheme scheme) {
    Set<String> points = points(graph, scheme);
    return graph.nodes().stream()
        .filter(node -> !node.op().weights().isEmpty() || points.contains(node.name()))
        .map(Node::name)
        .toList();
  }

  private static Set<String> points(Graph graph, ActivationScheme scheme) {
    return QuantizationPoints.of(graph, scheme).values().stream()
        .map(QuantizationPoints.Point::name)
        .collect(Collectors.toSet());
  }
}
