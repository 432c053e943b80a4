package org.bitgaze.graph;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The layer whose output a class activation map weighs: it must be the single tensor that crosses
 * from what comes before it (the backbone) to what follows (the head), and have height and width.
 */
public final class TargetLayer {
  private TargetLayer() {}

  /**
   * Finds the node whose output is a layer's output.
   *
   * @param graph a graph as its builder made it
   * @param layer a torchvision module path ({@code features.17}, {@code layer4.2}) or node name
   * @return the name of the last node of that module
   * @throws IllegalArgumentException if the layer is unknown or unfit, listing the possible ones
   */
  public static String resolve(Graph graph, String layer) {
    String found = null;
    for (Node node : graph.nodes()) {
      if (node.name().equals(layer)
          || node.module().equals(layer)
          || node.module().startsWith(layer + ".")) {
        found = node.name();
      }
    }
    String problem = found == null ? "no layer '" + layer + "'" : unfit(graph, found);
    if (problem != null) {
      throw new IllegalArgumentException(
          graph.name() + ": " + problem + "; possible: " + String.join(", ", candidates(graph)));
    }
    return found;
  }

  /**
   * Lists the layers that can be targets.
   *
   * @param graph a graph as its builder made it
   * @return outermost module paths, or node names for functions outside a module, in graph order
   */
  public static List<String> candidates(Graph graph) {
    Set<String> layers = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      if (unfit(graph, node.name()) == null) {
        layers.add(layerOf(graph, node));
      }
    }
    return new ArrayList<>(layers);
  }

  /** The outermost module that ends with this node, or the node itself. */
  private static String layerOf(Graph graph, Node node) {
    String module = node.module();
    for (int dot = module.indexOf('.'); ; dot = module.indexOf('.', dot + 1)) {
      String path = dot < 0 ? module : module.substring(0, dot);
      Node last = null;
      for (Node other : graph.nodes()) {
        if (other.module().equals(path) || other.module().startsWith(path + ".")) {
          last = other;
        }
      }
      if (!path.isEmpty() && last == node) {
        return path;
      }
      if (dot < 0) {
        return node.name();
      }
    }
  }

  private static String unfit(Graph graph, String target) {
    Node node = graph.node(target);
    if (node.op() instanceof Op.Input) {
      return "'" + target + "' is the input";
    }
    if (FoldBatchNorm.foldable(graph, node) != null) {
      return "'" + target + "' is folded together with the batch norm that follows it";
    }
    Shapes shapes = Shapes.of(graph, 224, 224);
    int[] shape = shapes.get(target);
    if (shape.length != 3 || shape[1] * shape[2] == 1) {
      return "'" + target + "' has no height and width";
    }
    Set<String> backbone = graph.ancestors(target);
    for (Node other : graph.nodes()) {
      if (!backbone.contains(other.name())) {
        for (String input : other.inputs()) {
          if (backbone.contains(input) && !input.equals(target)) {
            return "'"
                + input
                + "' passes '"
                + target
                + "' by, so it is not the only way to the output";
          }
        }
      }
    }
    return null;
  }
}
