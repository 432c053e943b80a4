package org.bitgaze.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sizes of every node's output for one image, and the multiply-adds that it costs. */
public final class Shapes {
  private final Map<String, int[]> shapes = new LinkedHashMap<>();
  private long multiplyAdds;

  private Shapes() {}

  /**
   * Infers the shapes.
   *
   * @param graph any graph
   * @param height height of the input in pixels
   * @param width width of the input in pixels
   * @return the shapes without the batch dimension
   * @throws IllegalArgumentException if an operation gets channels it was not made for, or an image
   *     too small for it
   */
  public static Shapes of(Graph graph, int height, int width) {
    Shapes s = new Shapes();
    for (Node node : graph.nodes()) {
      List<int[]> in = node.inputs().stream().map(s.shapes::get).toList();
      int[] out = node.op() instanceof Op.Input ? new int[] {3, height, width} : s.infer(node, in);
      for (int size : out) {
        if (size < 1) {
          throw new IllegalArgumentException(
              graph.name()
                  + ": an image of "
                  + width
                  + "x"
                  + height
                  + " is too small at "
                  + node.name());
        }
      }
      s.shapes.put(node.name(), out);
    }
    return s;
  }

  /**
   * Returns the size of a node's output.
   *
   * @param node its name
   * @return (channels, height, width), or (features)
   */
  public int[] get(String node) {
    return shapes.get(node).clone();
  }

  /**
   * Returns the cost of one image.
   *
   * @return multiplications with addition in convolutions and linear layers
   */
  public long multiplyAdds() {
    return multiplyAdds;
  }

  private int[] infer(Node node, List<int[]> in) {
    int[] x = in.get(0);
    if (node.op() instanceof Op.Conv2d c) {
      require(node, x[0], c.in());
      int[] out = {
        c.out(),
        window(x[1], c.kernel(), c.stride(), c.padding(), false),
        window(x[2], c.kernel(), c.stride(), c.padding(), false)
      };
      multiplyAdds +=
          (long) c.out() * out[1] * out[2] * (c.in() / c.groups()) * c.kernel() * c.kernel();
      return out;
    } else if (node.op() instanceof Op.Linear l) {
      require(node, x[0], l.in());
      multiplyAdds += (long) l.in() * l.out();
      return new int[] {l.out()};
    } else if (node.op() instanceof Op.BatchNorm2d b) {
      require(node, x[0], b.features());
      return x;
    } else if (node.op() instanceof Op.MaxPool2d p) {
      return new int[] {
        x[0],
        window(x[1], p.kernel(), p.stride(), p.padding(), p.ceilMode()),
        window(x[2], p.kernel(), p.stride(), p.padding(), p.ceilMode())
      };
    } else if (node.op() instanceof Op.AvgPool2d p) {
      return new int[] {
        x[0],
        window(x[1], p.kernel(), p.stride(), 0, false),
        window(x[2], p.kernel(), p.stride(), 0, false)
      };
    } else if (node.op() instanceof Op.AdaptiveAvgPool2d p) {
      return new int[] {x[0], p.size(), p.size()};
    } else if (node.op() instanceof Op.Flatten) {
      return new int[] {x[0] * x[1] * x[2]};
    } else if (node.op() instanceof Op.Cat) {
      int channels = in.stream().mapToInt(shape -> shape[0]).sum();
      return new int[] {channels, x[1], x[2]};
    } else if (node.op() instanceof Op.Mul) {
      int[] y = in.get(1);
      return new int[] {x[0], Math.max(x[1], y[1]), Math.max(x[2], y[2])};
    }
    return x;
  }

  private static int window(int size, int kernel, int stride, int padding, boolean ceil) {
    int span = size + 2 * padding - kernel;
    if (span < 0) {
      return 0;
    }
    int out = (ceil ? -Math.floorDiv(-span, stride) : span / stride) + 1;
    // PyTorch: with ceil_mode, the last window must start inside the image or its left padding.
    return ceil && (out - 1) * stride >= size + padding ? out - 1 : out;
  }

  private static void require(Node node, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          node.name() + " takes " + expected + " channels, but gets " + found);
    }
  }
}
