package org.bitgaze.onnx.ops;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.Div;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Reduce;
import org.bitgaze.network.op.Reduce.Kind;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
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
              "GlobalAveragePool",
              1,
              1,
              Set.of(),
              n -> n.images().emit(n, AdaptiveAvgPool2d.of(1))),
          Operator.of("GlobalMaxPool", 1, 1, Set.of(), PoolOperators::globalMax),
          Operator.of("ReduceMean", 1, 2, REDUCTION, n -> reduce(n, Kind.MEAN)),
          Operator.of("ReduceSum", 1, 2, REDUCTION, n -> reduce(n, Kind.SUM)),
          Operator.of("ReduceMax", 1, 2, REDUCTION, n -> reduce(n, Kind.MAX)),
          Operator.of("ReduceL2", 1, 2, REDUCTION, n -> reduce(n, Kind.L2)),
          Operator.of("LpNormalization", 1, 1, Set.of("axis", "p"), PoolOperators::unitLength));

  private PoolOperators() {}

  /** Divides by the square root of the sum of squares along an axis. */
  private static void unitLength(OnnxNode n) {
    n.attributes().only("p", 2);
    Activation x = n.activation(0);
    int axis = x.order()[OnnxNode.axis(n.attributes().integer("axis", -1), x)];
    Activation length = n.between(".length", new Reduce(Kind.L2, List.of(axis), true), x);
    n.emit(new Div(), x, length);
  }

  private static Size kernel(OnnxNode n, ImageView images) {
    if (!n.attributes().has("kernel_shape")) {
      throw new IllegalArgumentException("attribute 'kernel_shape' is missing");
    }
    return images.size(n.attributes(), "kernel_shape").atLeast(1, "kernel");
  }

  private static void max(OnnxNode n) {
    // The order of the indices, which are the second output.
    n.attributes().only("storage_order", 0, 1);
    n.requireOneOutput();
    ImageView images = n.images();
    Size kernel = kernel(n, images);
    Size stride = images.size(n.attributes(), "strides");
    Size dilation = images.size(n.attributes(), "dilations");
    boolean ceil = n.attributes().flag("ceil_mode", false);
    Padding p = Padding.of(n.attributes(), images, kernel);
    if (p.isSymmetric() && p.isAtMostHalf(kernel)) {
      images.emit(n, new MaxPool2d(kernel, stride, new Size(p.top(), p.left()), dilation, ceil));
    } else {
      requireFloor(ceil, p);
      Activation padded = n.between(".pad", pad(p, Double.NEGATIVE_INFINITY), images.image());
      images.emit(n, new MaxPool2d(kernel, stride, Size.ZERO, dilation, false), padded);
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
    ImageView images = n.images();
    Size kernel = kernel(n, images);
    Size stride = images.size(n.attributes(), "strides");
    Size dilation = images.size(n.attributes(), "dilations");
    if (!dilation.equals(Size.ONE)) {
      throw Attributes.unsupported("dilations", dilation);
    }
    boolean ceil = n.attributes().flag("ceil_mode", false);
    boolean counts = n.attributes().flag("count_include_pad", false);
    Activation x = images.image();
    Padding p = Padding.of(n.attributes(), images, kernel);
    if (p.isSymmetric() && p.isAtMostHalf(kernel)) {
      images.emit(n, new AvgPool2d(kernel, stride, new Size(p.top(), p.left()), ceil, counts));
      return;
    }
    requireFloor(ceil, p);
    Activation padded = n.between(".pad", pad(p, 0), x);
    AvgPool2d pool = new AvgPool2d(kernel, stride, Size.ZERO, false, true);
    if (counts) {
      images.emit(n, pool, padded);
      return;
    }
    // A known factor turns the mean over a window into that over its part inside the image.
    Activation all = n.between(".pool", pool, padded);
    int height = all.stored()[2];
    int width = all.stored()[3];
    Activation made = images.emit(n, new MulConstant(List.of(1, height, width)), all);
    n.graph()
        .parameter(
            made,
            "weight",
            ConstantTensor.stored(
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
    ImageView images = n.images();
    int[] stored = images.image().stored();
    Size all = new Size(stored[2], stored[3]);
    images.emit(n, new MaxPool2d(all, all, Size.ZERO, Size.ONE, false));
  }

  /** Reduces dimensions, which stay as 1 or go; those of an image by pooling. */
  private static void reduce(OnnxNode n, Kind kind) {
    Activation x = n.activation(0);
    boolean keep = n.attributes().flag("keepdims", true);
    int[] given = n.ints("axes", 1).orElse(new int[0]);
    if (given.length == 0 && n.attributes().flag("noop_with_empty_axes", false)) {
      n.define(x);
      return;
    }
    if (given.length == 0) {
      throw new IllegalArgumentException("over no axes, or all, is not supported");
    }
    TreeSet<Integer> axes = new TreeSet<>();
    for (int axis : given) {
      axes.add(OnnxNode.axis(axis, x));
    }
    TreeSet<Integer> stored = new TreeSet<>();
    axes.forEach(axis -> stored.add(x.order()[axis]));
    boolean image = x.rank() == 4 && x.batch() == 0 && stored.first() >= 2;
    boolean pools = kind == Kind.MAX || kind == Kind.MEAN;
    if (!image || !pools) {
      reduce(n, x, new Reduce(kind, List.copyOf(stored), keep), axes);
      return;
    }
    Op pool = pool(kind, x, stored.contains(2), stored.contains(3));
    if (keep) {
      n.emit(pool, x);
      return;
    }
    Activation pooled = n.between(".pool", pool, x);
    List<Integer> sizes =
        IntStream.range(1, x.rank())
            .filter(i -> !axes.contains(i))
            .mapToObj(i -> x.shape()[i])
            .toList();
    n.emit(new Reshape(sizes), ShapeOperators.inOrder(n, pooled));
  }

  private static void reduce(OnnxNode n, Activation x, Reduce op, TreeSet<Integer> axes) {
    if (op.keepDims()) {
      n.emit(op, x);
      return;
    }
    int[] left =
        IntStream.range(0, x.rank())
            .filter(i -> !axes.contains(i))
            .map(i -> x.order()[i])
            .map(at -> at - (int) op.axes().stream().filter(gone -> gone < at).count())
            .toArray();
    n.emitView(left, op, x);
  }

  private static Op pool(Kind kind, Activation x, boolean height, boolean width) {
    Size image = new Size(x.stored()[2], x.stored()[3]);
    if (kind == Kind.MAX) {
      Size window = new Size(height ? image.height() : 1, width ? image.width() : 1);
      return new MaxPool2d(window, window, Size.ZERO, Size.ONE, false);
    }
    return height && width
        ? AdaptiveAvgPool2d.of(1)
        : new AdaptiveAvgPool2d(new Size(height ? 1 : image.height(), width ? 1 : image.width()));
  }
}
