package org.bitgaze.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitgaze.network.TargetView.Layout;
import org.bitgaze.network.op.Constant;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Gather;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Roll;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Slice;

/**
 * The layer whose output a class activation map weighs. Its output has channels and positions, see
 * {@link TargetView}. If it is an image with channels first, it is the only tensor that crosses
 * from the layers before it (the backbone) to those after it (the head), unless a bypass is
 * allowed. In transformers the residual stream bypasses every layer, and is held fixed.
 */
public final class TargetLayer {
  /** Operations that only move or cut their input: the layer before them is the better target. */
  private static final Set<Class<? extends Op>> NOT_OFFERED =
      Set.of(
          Constant.class,
          Dropout.class,
          Gather.class,
          Input.class,
          Pad.class,
          Permute.class,
          Reshape.class,
          Roll.class,
          Slice.class);

  private static final String SEPARATOR = ",";

  private final Graph graph;
  private final boolean bypass;
  private final Rewritten rewritten;
  private final Shapes shapes;
  private final SpatialAxes axes;

  /** For each node, a node before it whose output a node after it takes. */
  private final Map<String, String> bypassing = new HashMap<>();

  private TargetLayer(Graph graph, Size size, Mode mode, boolean bypass) {
    this.graph = graph;
    this.bypass = bypass;
    rewritten = mode.rewrite(graph);
    shapes = Shapes.of(graph, size.height(), size.width());
    axes = SpatialAxes.of(graph, shapes);
    List<Node> nodes = graph.nodes();
    Map<String, Integer> lastReader = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String input : nodes.get(i).inputs()) {
        lastReader.put(input, i);
      }
    }
    // In one pass, because files may be long.
    int furthest = 0;
    String source = "";
    for (int i = 0; i < nodes.size(); i++) {
      String name = nodes.get(i).name();
      if (furthest > i) {
        bypassing.put(name, source);
      }
      int reader = lastReader.getOrDefault(name, 0);
      source = reader > furthest ? name : source;
      furthest = Math.max(furthest, reader);
    }
  }

  /**
   * Splits a text that names one or several layers.
   *
   * @param layers names with commas between
   * @return the names, in order, without blanks around them
   * @throws IllegalArgumentException if one of several names is empty
   */
  public static List<String> names(String layers) {
    List<String> names = Stream.of(layers.split(SEPARATOR, -1)).map(String::strip).toList();
    if (names.size() > 1 && names.contains("")) {
      throw new IllegalArgumentException("a target layer in '" + layers + "' has no name");
    }
    return names;
  }

  /**
   * Changes each of one or several names.
   *
   * @param layers names with commas between
   * @param change what is done to each
   * @return the new names, with commas between
   */
  public static String mapNames(String layers, UnaryOperator<String> change) {
    return names(layers).stream().map(change).collect(Collectors.joining(SEPARATOR));
  }

  /**
   * Finds the node that computes a layer's output, in a network as it is deployed, without a
   * bypass.
   *
   * @param graph a graph as its builder made it
   * @param layer a torchvision module path ({@code features.17}, {@code layer4.2}) or node name
   * @param side height and width of the images
   * @return the name of the last node of that module
   * @throws IllegalArgumentException if the layer is unknown or unfit, listing the possible ones
   */
  public static String resolve(Graph graph, String layer, int side) {
    return resolve(graph, layer, Size.of(side), Mode.EVAL, false);
  }

  /**
   * Finds the node that computes a layer's output.
   *
   * @param graph a graph as its builder made it
   * @param layer a torchvision module path ({@code features.17}, {@code layer4.2}) or node name
   * @param size height and width of the images
   * @param mode the mode in which the network runs
   * @param bypass whether other tensors may bypass the layer, for example through a residual
   *     connection; gradients are those of the path through the layer alone
   * @return the name of the last node of that module
   * @throws IllegalArgumentException if the layer is unknown or unfit, listing the possible ones
   */
  public static String resolve(Graph graph, String layer, Size size, Mode mode, boolean bypass) {
    TargetLayer rules = new TargetLayer(graph, size, mode, bypass);
    String found = null;
    for (Node node : graph.nodes()) {
      if (node.name().equals(layer) || node.isWithin(layer)) {
        found = node.name();
      }
    }
    Optional<String> problem =
        found == null ? Optional.of("there is no layer '" + layer + "'") : rules.problem(found);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(
          graph.name()
              + ": "
              + problem.get()
              + "; possible: "
              + String.join(", ", rules.candidates()));
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
    return candidates(graph, Size.of(side));
  }

  /**
   * Lists the layers that can be targets in a network as it is deployed.
   *
   * @param graph a graph as its builder made it
   * @param size height and width of the images
   * @return outermost module paths, or node names for functions outside a module, in graph order
   */
  public static List<String> candidates(Graph graph, Size size) {
    return new TargetLayer(graph, size, Mode.EVAL, false).candidates();
  }

  /**
   * Finds the target layer of a network that names none: the input of a final mean over positions;
   * of a vision transformer with a class token, the tokens that the last attention's keys are made
   * of; else the last of {@link #candidates}.
   *
   * @param graph a graph as its builder made it
   * @param size height and width of the images
   * @return the name of a node or a module; empty if no layer's output has positions
   */
  public static Optional<String> defaultLayer(Graph graph, Size size) {
    TargetLayer rules = new TargetLayer(graph, size, Mode.EVAL, false);
    Optional<String> preferred = rules.preferred();
    List<String> candidates = rules.candidates();
    return preferred.isPresent() || candidates.isEmpty()
        ? preferred
        : Optional.of(candidates.get(candidates.size() - 1));
  }

  /**
   * Tells how a node's output is seen as an image.
   *
   * @param graph a graph as its builder made it
   * @param node a target layer's node, see {@link #resolve}
   * @param size height and width of the images
   * @return the view
   * @throws IllegalArgumentException if the output has no positions, naming the node
   */
  public static TargetView view(Graph graph, String node, Size size) {
    Shapes shapes = Shapes.of(graph, size.height(), size.width());
    return SpatialAxes.of(graph, shapes)
        .view(node)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    graph.name() + ": '" + node + "' has no height and width"));
  }

  /** The node that {@link DefaultTarget} finds, if it is not one of several images. */
  private Optional<String> preferred() {
    Optional<String> found = DefaultTarget.of(graph, shapes, axes).map(Node::name);
    boolean image =
        found.flatMap(axes::view).filter(v -> v.layout() == Layout.CHANNELS_FIRST).isPresent();
    return found.filter(node -> axes.view(node).isPresent() && !image);
  }

  private List<String> candidates() {
    Set<String> layers = new LinkedHashSet<>();
    Optional<String> preferred = preferred();
    for (Node node : graph.nodes()) {
      boolean offered =
          !NOT_OFFERED.contains(node.op().getClass())
              && problem(node.name()).isEmpty()
              && bypass(node.name()).isEmpty();
      if (offered || preferred.filter(node.name()::equals).isPresent()) {
        layers.add(layerOf(node));
      }
    }
    return new ArrayList<>(layers);
  }

  /** The outermost module that ends with this node, or the node itself. */
  private String layerOf(Node node) {
    String module = node.module();
    for (int dot = module.indexOf('.'); !module.isEmpty(); dot = module.indexOf('.', dot + 1)) {
      String path = dot < 0 ? module : module.substring(0, dot);
      Node last = null;
      for (Node other : graph.nodes()) {
        last = other.isWithin(path) ? other : last;
      }
      if (last == node) {
        return path;
      }
      if (dot < 0) {
        break;
      }
    }
    return node.name();
  }

  /** The reason why a node cannot be the target. */
  private Optional<String> problem(String target) {
    String quoted = "'" + target + "'";
    if (graph.node(target).op() instanceof Input) {
      return Optional.of(quoted + " is the input");
    }
    if (rewritten.lost().contains(target)) {
      return Optional.of(
          quoted + " is computed together with what follows it, and has no output of its own");
    }
    Optional<TargetView> view = axes.view(target);
    if (view.isPresent()) {
      return bypass || view.get().layout() != Layout.CHANNELS_FIRST
          ? Optional.empty()
          : bypass(target);
    }
    int[] shape = shapes.get(target);
    return Optional.of(
        shape.length != 3 || shape[1] * shape[2] == 1
            ? quoted + " has no height and width"
            : "the dimensions of %s, %d x %d x %d, are not channels, height and width"
                .formatted(quoted, shape[0], shape[1], shape[2]));
  }

  private Optional<String> bypass(String target) {
    return Optional.ofNullable(bypassing.get(target))
        .map(
            other ->
                "'%s' bypasses '%s', which is not the only path to the output"
                    .formatted(other, target));
  }
}
