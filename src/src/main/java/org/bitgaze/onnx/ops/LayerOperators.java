package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.InstanceNorm2d;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.LocalResponseNorm;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.Constant;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.ops.Operand.Activation;

/** Operators with weights: convolutions, linear layers and batch norms. */
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
              "Gemm", 2, 3, Set.of("alpha", "beta", "transA", "transB"), LayerOperators::gemm),
          Operator.of("MatMul", 2, 2, Set.of(), LayerOperators::matMul),
          Operator.of(
              "BatchNormalization",
              5,
              5,
              Set.of("epsilon", "momentum", "spatial", "training_mode"),
              LayerOperators::norm),
          Operator.of(
              "InstanceNormalization", 3, 3, Set.of("epsilon"), LayerOperators::instanceNorm),
          Operator.of("LRN", 1, 1, Set.of("alpha", "beta", "bias", "size"), LayerOperators::lrn));

  private LayerOperators() {}

  private static void conv(OnnxNode n) {
    Activation x = n.image();
    Constant w = n.constant(1);
    if (w.rank() != 4) {
      throw new IllegalArgumentException("weight has shape " + Arrays.toString(w.shape()));
    }
    int[] k = w.shape();
    Size kernel = new Size(k[2], k[3]);
    int[] stated = n.attributes().ints("kernel_shape").orElse(new int[] {k[2], k[3]});
    if (!Arrays.equals(stated, new int[] {k[2], k[3]})) {
      throw new IllegalArgumentException(
          "kernel_shape " + Arrays.toString(stated) + " is not that of " + Arrays.toString(k));
    }
    Padding p = Padding.of(n.attributes(), x, kernel);
    Activation padded =
        p.isSymmetric()
            ? x
            : n.between(
                ".pad", new Pad(p.top(), p.left(), p.bottom(), p.right(), PaddingMode.ZEROS, 0), x);
    Optional<Constant> bias = n.optional(2);
    int group = Math.toIntExact(n.attributes().integer("group", 1));
    Activation made =
        n.emit(
            new Conv2d(
                Math.multiplyExact(k[1], group),
                k[0],
                kernel,
                n.attributes().size("strides"),
                p.isSymmetric() ? new Size(p.top(), p.left()) : Size.ZERO,
                n.attributes().size("dilations"),
                group,
                bias.isPresent(),
                PaddingMode.ZEROS),
            padded);
    n.graph().parameter(made, "weight", w);
    bias.ifPresent(b -> n.graph().parameter(made, "bias", b));
  }

  /** alpha x W + beta b, with a matrix that may be transposed. */
  private static void gemm(OnnxNode n) {
    n.attributes().only("transA", 0);
    float alpha = n.attributes().real("alpha", 1);
    float beta = n.attributes().real("beta", 1);
    Constant w = matrix(n, 1);
    Constant byOutput = n.attributes().flag("transB", false) ? w : Folding.transpose(w, 1, 0);
    linear(n, n.plain(0), times(byOutput, alpha), n.optional(2).map(b -> times(b, beta)));
  }

  private static Constant times(Constant c, float factor) {
    return factor == 1
        ? c
        : c.computed(c.type(), c.shape(), i -> (float) c.elements().applyAsDouble(i) * factor);
  }

  private static void matMul(OnnxNode n) {
    Constant w = Folding.transpose(matrix(n, 1), 1, 0);
    Activation x = n.activation(0);
    if (x.rank() != 4) {
      linear(n, n.plain(0), w, Optional.empty());
      return;
    }
    // Of images whose channels come last: a convolution with 1 x 1 windows.
    Activation image = n.graph().channelsAt(x, 3);
    int[] shape = w.shape();
    Activation made = n.emit(Conv2d.of(shape[1], shape[0], 1).withBias(false), image);
    n.graph().parameter(made, "weight", w.reshaped(shape[0], shape[1], 1, 1));
  }

  private static Constant matrix(OnnxNode n, int input) {
    Constant w = n.constant(input);
    if (w.rank() != 2) {
      throw new IllegalArgumentException("weight has shape " + Arrays.toString(w.shape()));
    }
    return w;
  }

  /** A layer whose weight has a row for each output; a bias may follow, see {@link #add}. */
  private static void linear(OnnxNode n, Activation x, Constant weight, Optional<Constant> bias) {
    int out = weight.shape()[0];
    Activation made = n.emit(new Linear(weight.shape()[1], out), x);
    n.graph().parameter(made, "weight", weight);
    n.graph()
        .parameter(
            made,
            "bias",
            bias.map(b -> row(b, out))
                .orElse(Constant.stored(ElementType.FLOAT, new int[] {out}, i -> 0)));
    if (bias.isEmpty()) {
      n.graph().withoutBias(made, x, weight);
    }
  }

  /** A vector, or one number for all outputs. */
  private static Constant row(Constant b, int out) {
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

  /** Makes a sum the bias of the layer that computes its first term, if it has no bias yet. */
  static boolean add(OnnxNode n, Activation product, Constant bias) {
    Optional<ImportedGraph.Product> of = n.graph().product(product);
    int out = product.shape()[product.rank() - 1];
    boolean fits = bias.size() == out && (bias.rank() == 0 || bias.shape()[bias.rank() - 1] == out);
    if (of.isEmpty() || !fits) {
      return false;
    }
    linear(n, of.get().input(), of.get().weight(), Optional.of(bias.reshaped(out)));
    return true;
  }

  private static void norm(OnnxNode n) {
    n.attributes().only("training_mode", 0);
    n.attributes().only("spatial", 1);
    n.requireOneOutput();
    Activation x = n.plain(0);
    float eps = epsilon(n);
    if (x.rank() == 4) {
      Activation made = n.emit(new BatchNorm2d(x.shape()[1], eps), x);
      List<String> locals = List.of("weight", "bias", "running_mean", "running_var");
      for (int i = 0; i < locals.size(); i++) {
        n.graph().parameter(made, locals.get(i), n.constant(i + 1));
      }
    } else if (x.rank() == 2) {
      features(n, x, eps);
    } else {
      throw new IllegalArgumentException("takes images, but gets " + Arrays.toString(x.shape()));
    }
  }

  private static float epsilon(OnnxNode n) {
    float eps = n.attributes().real("epsilon", 1e-5f);
    if (!(eps >= 0) || !Float.isFinite(eps)) {
      throw Attributes.unsupported("epsilon", eps);
    }
    return eps;
  }

  private static void instanceNorm(OnnxNode n) {
    Activation x = n.image();
    Activation made = n.emit(new InstanceNorm2d(x.shape()[1], epsilon(n)), x);
    n.graph().parameter(made, "weight", n.constant(1));
    n.graph().parameter(made, "bias", n.constant(2));
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
    Constant gamma = n.constant(1);
    Constant beta = n.constant(2);
    Constant mean = n.constant(3);
    Constant variance = n.constant(4);
    int size = x.shape()[1];
    for (Constant parameter : List.of(gamma, beta, mean, variance)) {
      if (parameter.rank() != 1 || parameter.size() != size) {
        throw new IllegalArgumentException(
            "has parameters of "
                + Arrays.toString(parameter.shape())
                + " for "
                + size
                + " features");
      }
    }
    List<Integer> shape = List.of(size);
    Constant factor =
        gamma.computed(
            gamma.type(), gamma.shape(), i -> gamma.at(i) / Math.sqrt(variance.at(i) + eps));
    Constant term =
        beta.computed(beta.type(), beta.shape(), i -> beta.at(i) - mean.at(i) * factor.at(i));
    Activation scaled = n.between(".scale", new MulConstant(shape), x);
    n.graph().parameter(scaled, "weight", factor);
    n.graph().parameter(n.emit(new AddConstant(shape), scaled), "bias", term);
  }
}
