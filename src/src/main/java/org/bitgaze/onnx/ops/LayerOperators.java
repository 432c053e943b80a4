package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.ConvTranspose2d;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.LocalResponseNorm;
import org.bitgaze.network.op.MatMul;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Slice;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.ops.Operand.Activation;

/** Operators with weights: convolutions, linear layers and batch norms; products of tensors. */
final class LayerOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of(
              "Conv",
              2,
              3,
              Set.of("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"),
              LayerOperators::conv),
          Operator.of(
              "ConvTranspose",
              2,
              3,
              Set.of(
                  "auto_pad",
                  "dilations",
                  "group",
                  "kernel_shape",
                  "output_padding",
                  "output_shape",
                  "pads",
                  "strides"),
              LayerOperators::convTranspose),
          Operator.of(
              "Gemm", 2, 3, Set.of("alpha", "beta", "transA", "transB"), LayerOperators::gemm),
          Operator.of("MatMul", 2, 2, Set.of(), LayerOperators::matMul),
          Operator.of(
              "BatchNormalization",
              5,
              5,
              Set.of("epsilon", "momentum", "spatial", "training_mode"),
              LayerOperators::norm),
          Operator.of("LRN", 1, 1, Set.of("alpha", "beta", "bias", "size"), LayerOperators::lrn));

  private LayerOperators() {}

  private static void conv(OnnxNode n) {
    ConstantTensor w = n.constant(1);
    Activation x = n.activation(0);
    if (w.rank() < 3 || w.rank() > 5 || w.rank() != x.rank()) {
      throw new IllegalArgumentException(
          "weight has shape %s for %s"
              .formatted(Arrays.toString(w.shape()), Arrays.toString(x.shape())));
    }
    int[] k = w.shape();
    int[] kernel = Arrays.copyOfRange(k, 2, k.length);
    int[] stated = n.attributes().ints("kernel_shape").orElse(kernel);
    if (!Arrays.equals(stated, kernel)) {
      throw new IllegalArgumentException(
          "kernel_shape " + Arrays.toString(stated) + " is not that of " + Arrays.toString(k));
    }
    if (w.rank() == 5) {
      planes(n, x, w);
      return;
    }
    ImageView images = n.images();
    Size window = new Size(images.line() ? 1 : k[2], k[k.length - 1]);
    Padding p = Padding.of(n.attributes(), images, window);
    Activation padded =
        p.isSymmetric()
            ? images.image()
            : n.between(
                ".pad",
                new Pad(p.top(), p.left(), p.bottom(), p.right(), PaddingMode.ZEROS, 0),
                images.image());
    Optional<ConstantTensor> bias = n.optional(2);
    int group = Math.toIntExact(n.attributes().integer("group", 1));
    int groups = Math.multiplyExact(group, images.groups());
    Activation made =
        images.emit(
            n,
            new Conv2d(
                Math.multiplyExact(k[1], groups),
                Math.multiplyExact(k[0], images.groups()),
                window,
                images.size(n.attributes(), "strides"),
                p.isSymmetric() ? new Size(p.top(), p.left()) : Size.ZERO,
                images.size(n.attributes(), "dilations"),
                groups,
                bias.isPresent(),
                PaddingMode.ZEROS),
            padded);
    ConstantTensor square = images.line() ? w.reshaped(k[0], k[1], 1, k[2]) : w;
    n.graph().parameter(made, "weight", images.repeated(square));
    bias.ifPresent(b -> n.graph().parameter(made, "bias", images.repeated(b)));
  }

  /** A transposed convolution; what uneven pads cut off is cut off afterwards. */
  private static void convTranspose(OnnxNode n) {
    ConstantTensor w = n.constant(1);
    int rank = n.activation(0).rank();
    if (rank > 4 || w.rank() != rank) {
      throw new IllegalArgumentException(
          "weight has shape %s for %s; only one and two dimensions are supported"
              .formatted(Arrays.toString(w.shape()), Arrays.toString(n.activation(0).shape())));
    }
    String auto = n.attributes().text("auto_pad", "NOTSET");
    if (n.attributes().has("output_shape") || auto.startsWith("SAME")) {
      throw new IllegalArgumentException(
          "has output_shape or auto_pad "
              + auto
              + "; export it with pads and output_padding instead");
    }
    int[] k = w.shape();
    int[] kernel = Arrays.copyOfRange(k, 2, k.length);
    int[] stated = n.attributes().ints("kernel_shape").orElse(kernel);
    if (!Arrays.equals(stated, kernel)) {
      throw new IllegalArgumentException(
          "kernel_shape " + Arrays.toString(stated) + " is not that of " + Arrays.toString(k));
    }
    ImageView images = n.images();
    Size window = new Size(images.line() ? 1 : k[2], k[k.length - 1]);
    Padding p = Padding.of(n.attributes(), images, window);
    Size even = new Size(Math.min(p.top(), p.bottom()), Math.min(p.left(), p.right()));
    int[] more = n.attributes().ints("output_padding").orElse(new int[rank - 2]);
    if (more.length != rank - 2) {
      throw Attributes.unsupported("output_padding", Arrays.toString(more));
    }
    int group = Math.toIntExact(n.attributes().integer("group", 1));
    int inputs = k[0];
    if (group < 1 || inputs % group != 0) {
      throw Attributes.unsupported("group", group);
    }
    Optional<ConstantTensor> bias = n.optional(2);
    Op conv =
        new ConvTranspose2d(
            Math.multiplyExact(inputs, images.groups()),
            Math.multiplyExact(Math.multiplyExact(k[1], group), images.groups()),
            window,
            images.size(n.attributes(), "strides"),
            even,
            new Size(images.line() ? 0 : more[0], more[more.length - 1]),
            images.size(n.attributes(), "dilations"),
            Math.multiplyExact(group, images.groups()),
            bias.isPresent());
    Activation made;
    if (p.isSymmetric()) {
      made = images.emit(n, conv, images.image());
    } else {
      made = n.between(".whole", conv, images.image());
      int[] s = made.stored();
      Activation rows =
          n.between(
              ".rows",
              new Slice(2, p.top() - even.height(), s[2] - (p.bottom() - even.height()), 1),
              made);
      images.emit(
          n, new Slice(3, p.left() - even.width(), s[3] - (p.right() - even.width()), 1), rows);
    }
    n.graph().parameter(made, "weight", images.repeated(byOutput(w, group, window)));
    bias.ifPresent(b -> n.graph().parameter(made, "bias", images.repeated(b)));
  }

  /** A weight (in, out / groups, ...) as (out, in / groups, height, width). */
  private static ConstantTensor byOutput(ConstantTensor w, int groups, Size window) {
    int in = w.shape()[0] / groups;
    int out = w.shape()[1];
    int pixels = window.height() * window.width();
    int[] shape = {Math.multiplyExact(out, groups), in, window.height(), window.width()};
    return w.computed(
        w.type(),
        shape,
        i -> {
          int o = i / pixels / in;
          int from = o / out * in + i / pixels % in;
          return w.elements().applyAsDouble((from * out + o % out) * pixels + i % pixels);
        });
  }

  /**
   * A convolution over three dimensions whose windows have one element along the last: one over two
   * dimensions of each of its planes.
   */
  private static void planes(OnnxNode n, Activation x, ConstantTensor w) {
    int[] k = w.shape();
    boolean flat =
        k[4] == 1
            && is(n, "strides", 2, 1)
            && is(n, "dilations", 2, 1)
            && is(n, "pads", 2, 0)
            && is(n, "pads", 5, 0)
            && x.shape()[0] == 1;
    String auto = n.attributes().text("auto_pad", "NOTSET");
    if (!flat || !auto.equals("NOTSET")) {
      throw new IllegalArgumentException(
          "convolves over three dimensions, which is not supported: " + Arrays.toString(k));
    }
    int[] pads = n.attributes().ints("pads").orElse(new int[6]);
    int[] strides = n.attributes().ints("strides").orElse(new int[] {1, 1, 1});
    int[] dilations = n.attributes().ints("dilations").orElse(new int[] {1, 1, 1});
    if (pads[0] != pads[3] || pads[1] != pads[4]) {
      throw Attributes.unsupported("pads", Arrays.toString(pads));
    }
    Activation all = n.graph().batchAt(x, 0);
    int[] from = all.order();
    Activation planes = n.graph().plain(all.viewed(from[4], from[1], from[2], from[3]));
    int count = x.shape()[4];
    ImageView images =
        new ImageView(
            n.graph()
                .reshaped(
                    planes,
                    List.of(Math.multiplyExact(count, x.shape()[1]), x.shape()[2], x.shape()[3]),
                    0,
                    1,
                    2,
                    3),
            count,
            false);
    int groups = Math.multiplyExact(Math.toIntExact(n.attributes().integer("group", 1)), count);
    Optional<ConstantTensor> bias = n.optional(2);
    Activation made =
        n.between(
            ".planes",
            new Conv2d(
                Math.multiplyExact(k[1], groups),
                Math.multiplyExact(k[0], count),
                new Size(k[2], k[3]),
                new Size(strides[0], strides[1]),
                new Size(pads[0], pads[1]),
                new Size(dilations[0], dilations[1]),
                groups,
                bias.isPresent(),
                PaddingMode.ZEROS),
            images.image());
    n.graph().parameter(made, "weight", images.repeated(w.reshaped(k[0], k[1], k[2], k[3])));
    bias.ifPresent(b -> n.graph().parameter(made, "bias", images.repeated(b)));
    int[] out = made.stored();
    n.emitView(new int[] {0, 2, 3, 4, 1}, new Reshape(List.of(count, k[0], out[2], out[3])), made);
  }

  /** Whether an attribute with a number for each of three dimensions has a given one. */
  private static boolean is(OnnxNode n, String name, int at, int value) {
    return n.attributes().ints(name).map(a -> at < a.length && a[at] == value).orElse(true);
  }

  /** alpha x W + beta b, with matrices that may be transposed. */
  private static void gemm(OnnxNode n) {
    float alpha = n.attributes().real("alpha", 1);
    float beta = n.attributes().real("beta", 1);
    Activation x = n.activation(0);
    if (x.rank() != 2) {
      throw new IllegalArgumentException("takes a matrix, but gets " + Arrays.toString(x.shape()));
    }
    if (n.attributes().flag("transA", false)) {
      x = x.viewed(x.order()[1], x.order()[0]);
    }
    if (!n.isConstant(1)) {
      throw new IllegalArgumentException(
          "its matrix is computed from the image; export the product as MatMul");
    }
    ConstantTensor w = matrix(n, 1);
    ConstantTensor byOutput = n.attributes().flag("transB", false) ? w : Folding.transpose(w, 1, 0);
    linear(n, x, times(byOutput, alpha), n.optional(2).map(b -> times(b, beta)));
  }

  private static ConstantTensor times(ConstantTensor c, float factor) {
    return factor == 1
        ? c
        : c.computed(c.type(), c.shape(), i -> (float) c.elements().applyAsDouble(i) * factor);
  }

  private static void matMul(OnnxNode n) {
    boolean first = n.isConstant(0);
    if (!first && !n.isConstant(1)) {
      product(n, n.activation(0), n.activation(1));
      return;
    }
    Activation x = n.activation(first ? 1 : 0);
    ConstantTensor w = n.constant(first ? 0 : 1);
    boolean matrix = w.rank() >= 2 && w.size() == w.shape()[w.rank() - 1] * w.shape()[w.rank() - 2];
    if (!matrix || w.rank() > x.rank()) {
      Activation stacked = n.graph().constant(n.output(), w, x);
      product(n, first ? stacked : x, first ? x : stacked);
      return;
    }
    ConstantTensor flat = w.reshaped(w.shape()[w.rank() - 2], w.shape()[w.rank() - 1]);
    if (first) {
      // W x is the transpose of x' W'.
      linear(n, swapped(x), flat, Optional.empty(), LayerOperators::swapped);
      return;
    }
    ConstantTensor byOutput = Folding.transpose(flat, 1, 0);
    if (Arrays.equals(x.order(), new int[] {0, 2, 3, 1})) {
      // Images whose channels come last, but are stored first: a convolution with 1 x 1 windows.
      int[] shape = byOutput.shape();
      Activation made = n.emit(Conv2d.of(shape[1], shape[0], 1).withBias(false), x);
      n.graph().parameter(made, "weight", byOutput.reshaped(shape[0], shape[1], 1, 1));
      return;
    }
    linear(n, x, byOutput, Optional.empty());
  }

  /** The last two dimensions exchanged. */
  static Activation swapped(Activation x) {
    int[] order = x.order().clone();
    order[order.length - 1] = x.order()[order.length - 2];
    order[order.length - 2] = x.order()[order.length - 1];
    return x.viewed(order);
  }

  /** The product of two tensors, as matrices over the file's last two dimensions. */
  private static void product(OnnxNode n, Activation x, Activation y) {
    ImportedGraph.Pair p = factors(n, x, y);
    n.emit(new MatMul(), p.x(), p.y());
  }

  /** Two tensors whose last two dimensions in the file are the last two that are stored. */
  static ImportedGraph.Pair factors(OnnxNode n, Activation x, Activation y) {
    int rank = Math.max(x.rank(), y.rank());
    if (x.rank() < 2 || y.rank() < 2) {
      throw new IllegalArgumentException(
          "of a vector is not supported: %s and %s"
              .formatted(Arrays.toString(x.shape()), Arrays.toString(y.shape())));
    }
    ImportedGraph.Pair p = n.graph().sameBatch(x, y, rank - 2);
    return new ImportedGraph.Pair(n.graph().plain(p.x()), n.graph().plain(p.y()));
  }

  private static ConstantTensor matrix(OnnxNode n, int input) {
    ConstantTensor w = n.constant(input);
    if (w.rank() != 2) {
      throw new IllegalArgumentException("weight has shape " + Arrays.toString(w.shape()));
    }
    return w;
  }

  private static void linear(
      OnnxNode n, Activation x, ConstantTensor weight, Optional<ConstantTensor> bias) {
    linear(n, x, weight, bias, made -> made);
  }

  /**
   * A layer over the file's last dimension, whose weight has a row for each output; a bias may
   * follow, see {@link #add}.
   *
   * @param view how the file sees the output
   */
  private static void linear(
      OnnxNode n,
      Activation x,
      ConstantTensor weight,
      Optional<ConstantTensor> bias,
      UnaryOperator<Activation> view) {
    int last = x.rank() - 1;
    Activation rows = x.order()[last] == 0 ? n.graph().batchAt(x, -1) : x;
    Activation stored = n.graph().storedLast(rows, last);
    n.define(view.apply(layer(n, stored, weight, bias)));
  }

  /** Adds a layer over the last stored dimension, under the name of the node's output. */
  private static Activation layer(
      OnnxNode n, Activation x, ConstantTensor weight, Optional<ConstantTensor> bias) {
    int out = weight.shape()[0];
    Activation made = n.graph().append(n.output(), new Linear(weight.shape()[1], out), x);
    n.graph().parameter(made, "weight", weight);
    n.graph()
        .parameter(
            made,
            "bias",
            bias.map(b -> row(b, out))
                .orElse(ConstantTensor.stored(ElementType.FLOAT, new int[] {out}, i -> 0)));
    if (bias.isEmpty()) {
      n.graph().withoutBias(made, x, weight);
    }
    return made;
  }

  /** A layer over the last dimension of (1, tokens, features), as a step of an operator. */
  static Activation tokens(
      OnnxNode n,
      String suffix,
      Activation x,
      ConstantTensor weight,
      Optional<ConstantTensor> bias) {
    int out = weight.shape()[0];
    Activation made =
        n.between(
            suffix, new Linear(weight.shape()[1], out), n.graph().plain(n.graph().batchAt(x, 0)));
    n.graph().parameter(made, "weight", weight);
    ConstantTensor none = ConstantTensor.stored(ElementType.FLOAT, new int[] {out}, i -> 0);
    n.graph().parameter(made, "bias", bias.map(b -> row(b, out)).orElse(none));
    return made;
  }

  /** A vector, or one number for all outputs. */
  private static ConstantTensor row(ConstantTensor b, int out) {
    boolean fits =
        b.rank() <= 2 && (b.size() == 1 || (b.size() == out && b.shape()[b.rank() - 1] == out));
    if (!fits) {
      throw new IllegalArgumentException(
          "bias has shape " + Arrays.toString(b.shape()) + " for " + out + " outputs");
    }
    return b.size() == out
        ? b.reshaped(out)
        : b.computed(b.type(), new int[] {out}, i -> b.elements().applyAsDouble(0));
  }

  /**
   * Makes a sum the bias of the layer that computes its first term, if it has no bias yet.
   *
   * @param bias the second term, in the dimensions in which the product is stored
   */
  static boolean add(OnnxNode n, Activation product, ConstantTensor bias) {
    Optional<ImportedGraph.Product> of = n.graph().product(product);
    int out = product.stored()[product.stored().length - 1];
    if (of.isEmpty() || !isRow(bias, out)) {
      return false;
    }
    Activation made =
        layer(n, of.get().input(), of.get().weight(), Optional.of(bias.reshaped(out)));
    n.define(made.viewed(product.order()));
    return true;
  }

  /** Whether all numbers of a constant lie along its last dimension. */
  static boolean isRow(ConstantTensor c, int size) {
    return c.size() == size && c.rank() > 0 && c.shape()[c.rank() - 1] == size;
  }

  private static void norm(OnnxNode n) {
    n.attributes().only("training_mode", 0);
    n.attributes().only("spatial", 1);
    n.requireOneOutput();
    float eps = epsilon(n);
    if (n.activation(0).rank() == 2) {
      features(n, n.plain(0), eps);
      return;
    }
    ImageView images = n.images();
    Activation made = images.emit(n, new BatchNorm2d(images.image().stored()[1], eps));
    List<String> locals = List.of("weight", "bias", "running_mean", "running_var");
    for (int i = 0; i < locals.size(); i++) {
      n.graph().parameter(made, locals.get(i), images.repeated(n.constant(i + 1)));
    }
  }

  static float epsilon(OnnxNode n) {
    float eps = n.attributes().real("epsilon", 1e-5f);
    if (!(eps >= 0) || !Float.isFinite(eps)) {
      throw Attributes.unsupported("epsilon", eps);
    }
    return eps;
  }

  private static void lrn(OnnxNode n) {
    Attributes a = n.attributes();
    int size = Math.toIntExact(a.integer("size", 0));
    n.emit(
        new LocalResponseNorm(
            size, a.real("alpha", 1e-4f), a.real("beta", .75f), a.real("bias", 1)),
        n.image());
  }

  /** Of features: a factor gamma / sqrt(var + eps) and a term beta - mean factor. */
  private static void features(OnnxNode n, Activation x, float eps) {
    ConstantTensor gamma = n.constant(1);
    ConstantTensor beta = n.constant(2);
    ConstantTensor mean = n.constant(3);
    ConstantTensor variance = n.constant(4);
    int size = x.shape()[1];
    int[] sizes = x.batch() == 0 ? new int[] {size} : new int[] {1, size};
    for (ConstantTensor parameter : List.of(gamma, beta, mean, variance)) {
      if (parameter.rank() != 1 || parameter.size() != size) {
        throw new IllegalArgumentException(
            "has parameters of "
                + Arrays.toString(parameter.shape())
                + " for "
                + size
                + " features");
      }
    }
    List<Integer> shape = Arrays.stream(sizes).boxed().toList();
    ConstantTensor factor =
        gamma.computed(
            gamma.type(), gamma.shape(), i -> gamma.at(i) / Math.sqrt(variance.at(i) + eps));
    ConstantTensor term =
        beta.computed(beta.type(), beta.shape(), i -> beta.at(i) - mean.at(i) * factor.at(i));
    Activation scaled = n.between(".scale", new MulConstant(shape), x);
    n.graph().parameter(scaled, "weight", factor.reshaped(sizes));
    n.graph().parameter(n.emit(new AddConstant(shape), scaled), "bias", term.reshaped(sizes));
  }
}
