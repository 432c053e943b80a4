package org.bitgaze.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.Operand.Activation;

/** Means and maxima over windows or over all of an image. */
final class PoolOperators {
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
          Operator.of(
              "ReduceMean",
              1,
              2,
              Set.of("axes", "keepdims", "noop_with_empty_axes"),
              PoolOperators::mean));

  private PoolOperators() {}

  private static Size kernel(OnnxNode n) {
    if (!n.attributes().has("kernel_shape")) {
      throw new IllegalArgumentException("attribute 'kernel_shape' is missing");
    }
    return n.attributes().size("kernel_shape").atLeast(1, "kernel");
  }

  private static void max(OnnxNode n) {
    // How indices count, which are the second output.
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
    // The mean over all of a window becomes that over the image's part of it by a known factor.
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

  /** How many of a window's rows or columns are the image's. */
  private static int inside(int window, int stride, int kernel, int before, int size) {
    int start = window * stride - before;
    return Math.max(1, Math.min(start + kernel, size) - Math.max(start, 0));
  }

  private static void globalMax(OnnxNode n) {
    Activation x = n.image();
    Size all = new Size(x.shape()[2], x.shape()[3]);
    n.emit(new MaxPool2d(all, all, Size.ZERO, Size.ONE, false), x);
  }

  /** The mean over height and width, one or both, wherever they are; dimensions stay as 1 or go. */
  private static void mean(OnnxNode n) {
    Activation x = n.activation(0);
    boolean keep = n.attributes().flag("keepdims", true);
    int[] given = n.axes("axes", 1).orElse(new int[0]);
    if (given.length == 0) {
      throw new IllegalArgumentException("over no axes, or all, is not supported");
    }
    TreeSet<Integer> axes = new TreeSet<>();
    for (int axis : given) {
      axes.add(OnnxNode.axis(axis, x.rank()));
    }
    List<Integer> kept =
        java.util.stream.IntStream.range(1, x.rank())
            .mapToObj(i -> axes.contains(i) ? (keep ? 1 : 0) : x.shape()[i])
            .filter(size -> size != 0)
            .toList();
    Activation image = asImage(n, x, axes);
    boolean height = !axes.equals(new TreeSet<>(List.of(3))) || x.rank() != 4;
    boolean width = !axes.equals(new TreeSet<>(List.of(2))) || x.rank() != 4;
    Op pool =
        height && width
            ? AdaptiveAvgPool2d.of(1)
            : new AdaptiveAvgPool2d(
                new Size(height ? 1 : image.shape()[2], width ? 1 : image.shape()[3]));
    List<Integer> pooled = Arrays.stream(image.shape()).skip(1).boxed().toList();
    pooled = List.of(pooled.get(0), height ? 1 : pooled.get(1), width ? 1 : pooled.get(2));
    if (pooled.equals(kept)) {
      n.emit(pool, image);
    } else {
      n.emit(new Reshape(kept), n.between(".pool", pool, image));
    }
  }

  /** Channels, height and width, of which the last two, or one of them, are averaged. */
  private static Activation asImage(OnnxNode n, Activation x, TreeSet<Integer> axes) {
    List<Integer> order = List.copyOf(axes);
    if (x.rank() == 4 && axes.first() >= 2) {
      return x;
    }
    if (x.rank() == 4 && order.equals(List.of(1, 2))) {
      return n.between(".channels", new Permute(List.of(3, 1, 2)), x);
    }
    if (x.rank() == 3 && order.equals(List.of(2))) {
      return n.between(".image", new Reshape(List.of(x.shape()[1], x.shape()[2], 1)), x);
    }
    throw new IllegalArgumentException(
        "over axes " + order + " of " + Arrays.toString(x.shape()) + " is not supported");
  }
}
