package org.bitgaze.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Size;

/**
 * Chooses target layers of networks whose scores have several sources, such as the heads of a
 * detector: outputs with channels, height and width that all sources depend on. Other tensors may
 * bypass them.
 */
public final class TaskTarget {
  private TaskTarget() {}

  /**
   * Lists the layers that can be targets.
   *
   * @param graph the network
   * @param size height and width of the images
   * @param sources the nodes that compute the scores
   * @return their names in graph order
   */
  public static List<String> candidates(Graph graph, Size size, Set<String> sources) {
    Shapes shapes = Shapes.of(graph, size.height(), size.width());
    SpatialAxes axes = SpatialAxes.of(graph, shapes);
    List<String> candidates = new ArrayList<>();
    Set<String> common = graph.names();
    sources.forEach(source -> common.retainAll(graph.ancestors(source)));
    for (Node node : graph.nodes()) {
      boolean image =
          axes.view(node.name())
              .filter(v -> v.layout() == TargetView.Layout.CHANNELS_FIRST)
              .isPresent();
      boolean own =
          !(node.op() instanceof Input || node.op() instanceof Dropout || node.op().quantizes());
      if (image && own && common.contains(node.name()) && !sources.contains(node.name())) {
        candidates.add(node.name());
      }
    }
    return candidates;
  }

  /**
   * Chooses a target layer.
   *
   * @param graph the network
   * @param size height and width of the images
   * @param candidates see {@link #candidates}
   * @param coarsest whether only those with the fewest positions count: what follows them in a
   *     segmenter are its scores
   * @return the last of them; nothing if there is none
   */
  public static Optional<String> choose(
      Graph graph, Size size, List<String> candidates, boolean coarsest) {
    Shapes shapes = Shapes.of(graph, size.height(), size.width());
    long fewest = candidates.stream().mapToLong(name -> positions(shapes, name)).min().orElse(0);
    return candidates.stream()
        .filter(name -> !coarsest || positions(shapes, name) == fewest)
        .reduce((earlier, later) -> later);
  }

  private static long positions(Shapes shapes, String name) {
    int[] shape = shapes.get(name);
    return (long) shape[1] * shape[2];
  }
}
