package org.bitgaze.onnx.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.Constant;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.ops.Operand.Activation;

/** Means, sums and maxima over windows or over dimensions. */
final class PoolOperators {
  /** The attributes of operators that reduce dimensions. */
  static final Set<String> REDUCTION = Set.of("axes", "keepdims", "noop_with_empty_axes");

  static final List<Operator> ALL =
      List.of(
          Operator.of(
              "MaxPool",
              1,
              1,
              Set.of(
                  "auto_pad",
                  "ceil_mode",
                  "dilations",
                  "kernel_shape",
                  "pads",
                  "storage_order",
                  "strides"),
              PoolOperators::max),
          Operator.of(
              "AveragePool",
              1,
              1,
              Set.of(
                  "auto_pad",
                  "ceil_mode",
                  "count_include_pad",
                  "dilations",
                  "kernel_shape",
                  "pads",
                  "strides"),
              PoolOperators::average),
          Operator.of(
              "GlobalAveragePool", 1, 1, Set.of(), n -> n.emit(AdaptiveAvgPool2d.of(1), n.image())),
          Operator.of("GlobalMaxPool", 1, 1, Set.of(), PoolOperators::globalMax),
          Operator.of("ReduceMean", 1, 2, REDUCTION, n -> reduce(n, Reduction.MEAN)),
          Operator.of("ReduceSum", 1, 2, REDUCTION, n -> reduce(n, Reduction.SUM)),
          Operator.of("ReduceMax", 1, 2, REDUCTION, n -> reduce(n, Reduction.MAX)));

  private PoolOperators() {}

  private static Size kernel(OnnxNode n) {
    if (!n.attributes().has("kernel_shape")) {
      throw new IllegalArgumentException("attribute 'kernel_shape' is missing");
    }
    return n.attributes().size("kernel_shape").atLeast(1, "kernel");
  }

  private static void max(OnnxNode n) {
    // The order of the indices, which are the second output.
    n.attributes().only("storage_order", 0, 1);
    n.requireOneOutput();
    Size kernel = kernel(n);
    Size stride = n.attributes().size("strides");
    Size dilation = n.attributes().size("dilations");
    boolean ceil = n.attributes().flag("ceil_mode", false);
    Padding p = Padding.of(n.attributes(), n.image(), kernel);
    if (p.isSymmetric() && p.isAtMostHalf(kernel)) {
      n.emit(new MaxPool2d(kernel, stride, new Size(p.top(), p.left()), dilation, ceil), n.image());
    } else {
      requireFloor(ceil, p);
      Activation padded = n.between(".pad", pad(p, Double.NEGATIVE_INFINITY), n.image());
      n.emit(new MaxPool2d(kernel, stride, Size.ZERO, dilation, false), padded);
    }
  }

  private static Op pad(Padding p, double value) {
    return new Pad(p.top(), p.left(), p.bottom(), p.right(), PaddingMode.ZEROS, value);
  }

  private static void requireFloor(boolean ceil, Padding p) {
    if (ceil) {
      throw new IllegalArgumentException("ceil_mode with " + p + " is not supported");
    }
  }

  private static void average(OnnxNode n) {
    Size kernel = kernel(n);
    Size stride = n.attributes().size("strides");
    if (!n.attributes().size("dilations").equals(Size.ONE)) {
      throw Attributes.unsupported("dilations", n.attributes().size("dilations"));
    }
    boolean ceil = n.attributes().flag("ceil_mode", false);
    boolean counts = n.attributes().flag("count_include_pad", false);
    Activation x = n.image();
    Padding p = Padding.of(n.attributes(), x, kernel);
    if (p.isSymmetric() && p.isAtMostHalf(kernel)) {
      n.emit(new AvgPool2d(kernel, stride, new Size(p.top(), p.left()), ceil, counts), x);
      return;
    }
    requireFloor(ceil, p);
    Activation padded = n.between(".pad", pad(p, 0), x);
    AvgPool2d pool = new AvgPool2d(kernel, stride, Size.ZERO, false, true);
    if (counts) {
      n.emit(pool, padded);
      return;
    }
    // A known factor turns the mean over a window into that over its part inside the image.
    Activation all = n.between(".pool", pool, padded);
    int height = all.shape()[2];
    int width = all.shape()[3];
    Activation made = n.emit(new MulConstant(List.of(1, height, width)), all);
    n.graph()
        .parameter(
            made,
            "weight",
            Constant.stored(
                ElementType.FLOAT,
                new int[] {1, height, width},
                i ->
                    (double) kernel.height()
                        / inside(i / width, stride.height(), kernel.height(), p.top(), x.shape()[2])
                        * kernel.width()
                        / inside(
                            i % width, stride.width(), kernel.width(), p.left(), x.shape()[3])));
  }

  /** The number of a window's rows or columns that lie inside the image. */
  private static int inside(int window, int stride, int kernel, int before, int size) {
    int start = window * stride - before;
    return Math.max(1, Math.min(start + kernel, size) - Math.max(start, 0));
  }

  private static void globalMax(OnnxNode n) {
    Activation x = n.image();
    Size all = new Size(x.shape()[2], x.shape()[3]);
    n.emit(new MaxPool2d(all, all, Size.ZERO, Size.ONE, false), x);
  }

  /** Reduces dimensions, which stay as 1 or go. */
  private static void reduce(OnnxNode n, Reduction kind) {
    Activation x = n.activation(0);
    boolean keep = n.attributes().flag("keepdims", true);
    int[] given = n.ints("axes", 1).orElse(new int[0]);
    if (given.length == 0) {
      throw new IllegalArgumentException("over no axes, or all, is not supported");
    }
    TreeSet<Integer> axes = new TreeSet<>();
    for (int axis : given) {
      axes.add(OnnxNode.axis(axis, x.rank()));
    }
    List<Integer> kept =
        IntStream.range(1, x.rank()).filter(i -> !axes.contains(i)).boxed().toList();
    List<Integer> sizes = new ArrayList<>();
    int count = 1;
    for (int i = 1; i < x.rank(); i++) {
      int size = x.shape()[i];
      count *= axes.contains(i) ? size : 1;
      if (keep || !axes.contains(i)) {
        sizes.add(axes.contains(i) ? 1 : size);
      }
    }
    if (sizes.isEmpty()) {
      throw new IllegalArgumentException("over no axes, or all, is not supported");
    }
    boolean spatial = x.rank() == 4 && axes.stream().allMatch(i -> x.order()[i] >= 2);
    Activation image = spatial ? x : lastTogether(n, x, kept, axes, count);
    boolean height = !spatial || axes.stream().anyMatch(i -> x.order()[i] == 2);
    boolean width = !spatial || axes.stream().anyMatch(i -> x.order()[i] == 3);
    Op pool = kind.op(new Size(image.stored()[2], image.stored()[3]), height, width);
    boolean sum = kind == Reduction.SUM;
    Op last = sum ? new ScalarAffine(count, 0) : pool;
    Activation from = sum ? n.between(".mean", pool, image) : image;
    if (spatial && keep) {
      n.emit(last, from);
    } else {
      Activation pooled = n.between(".pool", last, from);
      n.emit(new Reshape(sizes), ShapeOperators.inOrder(n, pooled));
    }
  }

  /** A tensor as (kept elements, reduced elements, 1). */
  private static Activation lastTogether(
      OnnxNode n, Activation x, List<Integer> kept, TreeSet<Integer> axes, int count) {
    int[] order = new int[x.rank()];
    int next = 1;
    for (List<Integer> some : List.of(kept, List.copyOf(axes))) {
      for (int axis : some) {
        order[axis] = next++;
      }
    }
    Activation moved = n.graph().stored(x, order);
    Activation stored = new Activation(moved.node(), moved.stored());
    int rest = Constant.size(x.stored()) / count;
    return n.between(".image", new Reshape(List.of(rest, count, 1)), stored);
  }

  /** What becomes of the values that are reduced. */
  private enum Reduction {
    MEAN,
    SUM,
    MAX;

    /** The operation over height, width or both; a sum is computed from the mean. */
    Op op(Size image, boolean height, boolean width) {
      if (this == MAX) {
        Size window = new Size(height ? image.height() : 1, width ? image.width() : 1);
        return new MaxPool2d(window, window, Size.ZERO, Size.ONE, false);
      }
      return height && width
          ? AdaptiveAvgPool2d.of(1)
          : new AdaptiveAvgPool2d(new Size(height ? 1 : image.height(), width ? 1 : image.width()));
    }
  }
}
