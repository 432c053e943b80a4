package org.bitgaze.network;

import java.util.List;
import java.util.Optional;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.ConvTranspose2d;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Reduce;
import org.bitgaze.network.op.Size;

/**
 * The target layer of a network that names none. Going back from the output, the last operation
 * that mixes positions decides: if it is a mean over positions, the target is its input; if it is
 * an attention, the target is the input of the linear layer that makes its keys. (Not its queries:
 * they may come from the class token alone.)
 */
final class DefaultTarget {
  private DefaultTarget() {}

  /**
   * Applies the rule.
   *
   * @return the target; empty if the last operation that mixes positions is of another kind, such
   *     as a convolution
   */
  static Optional<Node> of(Graph graph, Shapes shapes, SpatialAxes axes) {
    List<Node> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i > 0; i--) {
      Node node = nodes.get(i);
      if (isPooling(node, shapes, axes)) {
        return Optional.of(graph.node(node.input()));
      }
      Optional<AttentionBlock> attention = AttentionBlock.of(graph, node);
      if (attention.isPresent()) {
        return attention.get().keySource(graph);
      }
      if (mixes(node.op())) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** A mean over all positions. A mean over channels, as in a norm, is none. */
  private static boolean isPooling(Node node, Shapes shapes, SpatialAxes axes) {
    Op op = node.op();
    if (op instanceof Reduce reduce) {
      return reduce.kind() == Reduce.Kind.MEAN && axes.arePositions(node.input(), reduce.axes());
    }
    int[] out = shapes.get(node.name());
    return (op instanceof AdaptiveAvgPool2d || op instanceof AvgPool2d) && out[1] * out[2] == 1;
  }

  private static boolean mixes(Op op) {
    return op instanceof MaxPool2d
        || op instanceof AvgPool2d
        || op instanceof AdaptiveAvgPool2d
        || op instanceof ConvTranspose2d
        || op instanceof Conv2d conv && !conv.kernel().equals(Size.ONE);
  }
}
