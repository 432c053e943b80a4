package org.bitgaze.network;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.op.Input;

/**
 * The layer whose output a class activation map weighs. It has height and width, and is the single
 * tensor that crosses from what comes before it (the backbone) to what follows (the head), unless
 * others may pass it by.
 */
public final class TargetLayer {
  private TargetLayer() {}

  /**
   * Finds the node whose output is a layer's output, in a network as it is deployed: all that
   * reaches the output goes through it.
   *
   * @param graph a graph as its builder made it
   * @param layer a torchvision module path ({@code features.17}, {@code layer4.2}) or node name
   * @param side height and width of the images
   * @return the name of the last node of that module
   * @throws IllegalArgumentException if the layer is unknown or unfit, listing the possible ones
   */
  public static String resolve(Graph graph, String layer, int side) {
    return resolve(graph, layer, side, Mode.EVAL, false);
  }

  /**
   * Finds the node whose output is a layer's output.
   *
   * @param graph a graph as its builder made it
   * @param layer a torchvision module path ({@code features.17}, {@code layer4.2}) or node name
   * @param side height and width of the images
   * @param mode what the network is rewritten by before anything else
   * @param bypass whether others may pass the layer by, as a residual does; gradients are those of
   *     the way through the layer alone
   * @return the name of the last node of that module
   * @throws IllegalArgumentException if the layer is unknown or unfit, listing the possible ones
   */
  public static String resolve(Graph graph, String layer, int side, Mode mode, boolean bypass) {
    String found = null;
    for (Node node : graph.nodes()) {
      if (node.name().equals(layer) || node.isWithin(layer)) {
        found = node.name();
      }
    }
    Optional<String> problem =
        found == null
            ? Optional.of("no layer '" + layer + "'")
            : unfit(graph, found, side, mode, bypass);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(
          graph.name()
              + ": "
              + problem.get()
              + "; possible: "
              + String.join(", ", candidates(graph, side, mode, bypass)));
    }
    return found;
  }

  /**
   * Lists the layers that can be targets in a network as it is deployed.
   *
   * @param graph a graph as its builder made it
   * @param side height and width of the images
   * @return outermost module paths, or node names for functions outside a module, in graph order
   */
  public static List<String> candidates(Graph graph, int side) {
    return candidates(graph, side, Mode.EVAL, false);
  }

  private static List<String> candidates(Graph graph, int side, Mode mode, boolean bypass) {
    Set<String> layers = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      if (unfit(graph, node.name(), side, mode, bypass).isEmpty()) {
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
        last = other.isWithin(path) ? other : last;
      }
      if (!path.isEmpty() && last == node) {
        return path;
      }
      if (dot < 0) {
        return node.name();
      }
    }
  }

  private static Optional<String> unfit(
      Graph graph, String target, int side, Mode mode, boolean bypass) {
    if (graph.node(target).op() instanceof Input) {
      return Optional.of("'" + target + "' is the input");
    }
    try {
      mode.rewrite(graph).locate(target);
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
    int[] shape = Shapes.of(graph, side, side).get(target);
    if (shape.length != 3 || shape[1] * shape[2] == 1) {
      return Optional.of("'" + target + "' has no height and width");
    }
    return bypass ? Optional.empty() : passed(graph, target);
  }

  private static Optional<String> passed(Graph graph, String target) {
    Set<String> backbone = graph.ancestors(target);
    for (Node other : graph.nodes()) {
      if (!backbone.contains(other.name())) {
        for (String input : other.inputs()) {
          if (backbone.contains(input) && !input.equals(target)) {
            return Optional.of(
                "'"
                    + input
                    + "' passes '"
                    + target
                    + "' by, so it is not the only way to the output");
          }
        }
      }
    }
    return Optional.empty();
  }
}
