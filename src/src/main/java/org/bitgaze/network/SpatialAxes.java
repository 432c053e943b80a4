package org.bitgaze.network;

import java.util.HashMap;
import java.util.Map;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;

/**
 * Where the outputs of a graph's nodes have their height and width, followed from the input. The
 * number of dimensions does not tell it: (16, 16, 24) may be 24 channels of 16 x 16 pixels.
 */
final class SpatialAxes {
  private static final int UNKNOWN = -1;

  private final Map<String, int[]> all = new HashMap<>();

  private SpatialAxes() {}

  /** Follows height and width through a graph. */
  static SpatialAxes of(Graph graph, Shapes shapes) {
    SpatialAxes axes = new SpatialAxes();
    for (Node node : graph.nodes()) {
      axes.all.put(node.name(), axes.follow(node, shapes));
    }
    return axes;
  }

  /** Whether a node's output is (channels, height, width). */
  boolean isImage(String node) {
    return at(node, 0) == 1 && at(node, 1) == 2;
  }

  private int at(String node, int which) {
    return all.get(node)[which];
  }

  private int[] follow(Node node, Shapes shapes) {
    Op op = node.op();
    // Windows slide over the last two dimensions, whatever they were before.
    if (op instanceof Input
        || op instanceof Conv2d
        || op instanceof MaxPool2d
        || op instanceof AvgPool2d) {
      return new int[] {1, 2};
    }
    int[] out = shapes.get(node.name());
    int[] axes = {UNKNOWN, UNKNOWN};
    for (int which = 0; which < 2; which++) {
      for (String input : node.inputs()) {
        int axis = at(input, which);
        int[] in = shapes.get(input);
        boolean told = axes[which] == UNKNOWN && axis != UNKNOWN;
        if (told && op instanceof Permute permute) {
          axes[which] = permute.order().indexOf(axis + 1);
        } else if (told && op instanceof Reshape) {
          axes[which] = sameAxis(in, axis, out);
        } else if (told && in.length == out.length) {
          axes[which] = axis;
        }
      }
    }
    return axes;
  }

  /** The dimension of the same size with the same number of elements before it. */
  private static int sameAxis(int[] in, int axis, int[] out) {
    long before = elements(in, axis);
    for (int i = 0; i < out.length; i++) {
      if (out[i] == in[axis] && out[i] > 1 && elements(out, i) == before) {
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
