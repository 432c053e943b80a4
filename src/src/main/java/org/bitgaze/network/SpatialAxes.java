package org.bitgaze.network;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.network.TargetView.Layout;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.Constant;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.ConvTranspose2d;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reduce;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;

/**
 * Where the outputs of a graph's nodes have their height and width, or both as tokens, followed
 * from the input. The number of dimensions does not tell it: (16, 16, 24) may be 24 channels of 16
 * x 16 pixels.
 */
final class SpatialAxes {
  /** An axis that is not there, or not known. */
  static final int UNKNOWN = -1;

  /**
   * A node's axes as indices of its shape without the batch.
   *
   * @param axes of height, width and tokens
   * @param grid height and width of the tokens' grid
   */
  private record Position(int[] axes, Size grid) {
    private static final int TOKENS = 2;

    static Position unknown() {
      return new Position(new int[] {UNKNOWN, UNKNOWN, UNKNOWN}, Size.ZERO);
    }

    int height() {
      return axes[0];
    }

    int width() {
      return axes[1];
    }

    int tokens() {
      return axes[TOKENS];
    }
  }

  private final Map<String, Position> all = new HashMap<>();
  private final Shapes shapes;

  private SpatialAxes(Shapes shapes) {
    this.shapes = shapes;
  }

  /** Follows height and width through a graph. */
  static SpatialAxes of(Graph graph, Shapes shapes) {
    SpatialAxes axes = new SpatialAxes(shapes);
    for (Node node : graph.nodes()) {
      axes.all.put(node.name(), axes.follow(node));
      axes.infer(node);
    }
    return axes;
  }

  /**
   * {@return how a node's output is seen as an image; empty if it has no positions, or just one, or
   * they are not where a view has them}
   */
  Optional<TargetView> view(String node) {
    int[] shape = shapes.get(node);
    Position at = all.get(node);
    if (shape.length == 3 && at.height() == 1 && at.width() == 2) {
      return view(Layout.CHANNELS_FIRST, 0, shape[1], shape[2]);
    }
    if (shape.length == 3 && at.height() == 0 && at.width() == 1) {
      return view(Layout.CHANNELS_LAST, 0, shape[0], shape[1]);
    }
    int patches = at.grid().height() * at.grid().width();
    if (shape.length != 2 || at.tokens() == UNKNOWN || shape[at.tokens()] < patches) {
      return Optional.empty();
    }
    return view(
        at.tokens() == 0 ? Layout.TOKENS : Layout.TOKENS_LAST,
        shape[at.tokens()] - patches,
        at.grid().height(),
        at.grid().width());
  }

  private static Optional<TargetView> view(Layout layout, int prefix, int height, int width) {
    return height * width > 1
        ? Optional.of(new TargetView(layout, prefix, height, width))
        : Optional.empty();
  }

  /** {@return whether all of these dimensions, from 1, are positions of a node's output} */
  boolean arePositions(String node, List<Integer> dimensions) {
    int[] axes = all.get(node).axes();
    return dimensions.stream()
        .allMatch(d -> Arrays.stream(axes).anyMatch(axis -> axis != UNKNOWN && axis == d - 1));
  }

  /** A mean over two of three dimensions tells where height and width are, if it is not known. */
  private void infer(Node node) {
    boolean mean =
        node.op() instanceof Reduce r
            && r.kind() == Reduce.Kind.MEAN
            && r.axes().equals(List.of(1, 2))
            && shapes.get(node.input()).length == 3;
    if (mean && Arrays.stream(all.get(node.input()).axes()).allMatch(axis -> axis == UNKNOWN)) {
      all.put(node.input(), new Position(new int[] {0, 1, UNKNOWN}, Size.ZERO));
    }
  }

  private Position follow(Node node) {
    Op op = node.op();
    // Windows slide over the last two dimensions, whatever they were before.
    if (op instanceof Input
        || op instanceof Conv2d
        || op instanceof ConvTranspose2d
        || op instanceof MaxPool2d
        || op instanceof AvgPool2d) {
      return new Position(new int[] {1, 2, UNKNOWN}, Size.ZERO);
    }
    int[] out = shapes.get(node.name());
    Position found = Position.unknown();
    if (op instanceof Constant) {
      return found;
    }
    for (String input : node.inputs()) {
      Position from = all.get(input);
      int[] in = shapes.get(input);
      for (int which = 0; which < found.axes().length; which++) {
        int axis = from.axes()[which];
        if (found.axes()[which] == UNKNOWN && axis != UNKNOWN) {
          found.axes()[which] = moved(op, in, axis, out);
        }
      }
      found = found.grid().equals(Size.ZERO) ? new Position(found.axes(), from.grid()) : found;
      if (op instanceof Reshape) {
        found = regrouped(from, in, found, out);
      }
    }
    return found;
  }

  private static int moved(Op op, int[] in, int axis, int[] out) {
    if (op instanceof Permute permute) {
      return permute.order().indexOf(axis + 1);
    }
    if (op instanceof Reshape) {
      return sameAxis(in, axis, out);
    }
    return in.length == out.length ? axis : UNKNOWN;
  }

  /** Height and width that become tokens, row by row, or tokens that become height and width. */
  private static Position regrouped(Position from, int[] in, Position found, int[] out) {
    if (from.height() != UNKNOWN && from.width() == from.height() + 1) {
      Size grid = new Size(in[from.height()], in[from.width()]);
      long before = elements(in, from.height());
      for (int i = 0; i < out.length; i++) {
        if (elements(out, i) == before && out[i] == grid.height() * grid.width() && out[i] > 1) {
          return new Position(new int[] {UNKNOWN, UNKNOWN, i}, grid);
        }
      }
    }
    if (from.tokens() != UNKNOWN
        && in[from.tokens()] == from.grid().height() * from.grid().width()) {
      long before = elements(in, from.tokens());
      for (int i = 0; i + 1 < out.length; i++) {
        if (elements(out, i) == before
            && out[i] == from.grid().height()
            && out[i + 1] == from.grid().width()) {
          return new Position(new int[] {i, i + 1, UNKNOWN}, Size.ZERO);
        }
      }
    }
    return found;
  }

  /**
   * The dimension of the same size with the same number of elements before it; where it was split
   * in two, the outer of these, which has a position for each block.
   */
  static int sameAxis(int[] in, int axis, int[] out) {
    long before = elements(in, axis);
    for (int i = 0; i < out.length; i++) {
      boolean same = out[i] == in[axis];
      boolean split = i + 1 < out.length && out[i] > 1 && out[i] * out[i + 1] == in[axis];
      if ((same || split) && in[axis] > 1 && elements(out, i) == before) {
        return i;
      }
    }
    return UNKNOWN;
  }

  private static long elements(int[] shape, int dimensions) {
    long product = 1;
    for (int i = 0; i < dimensions; i++) {
      product *= shape[i];
    }
    return product;
  }
}
