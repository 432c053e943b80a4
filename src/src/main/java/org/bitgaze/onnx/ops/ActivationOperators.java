package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Clamp;
import org.bitgaze.network.op.ELU;
import org.bitgaze.network.op.GELU;
import org.bitgaze.network.op.HardSigmoid;
import org.bitgaze.network.op.HardSwish;
import org.bitgaze.network.op.LeakyReLU;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.PReLU;
import org.bitgaze.network.op.Pow;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.ReLU6;
import org.bitgaze.network.op.Reciprocal;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Softmax;
import org.bitgaze.network.op.Tanh;
import org.bitgaze.network.op.UnaryFunction;
import org.bitgaze.network.op.UnaryFunction.Kind;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.ops.Operand.Activation;

/** Functions of one tensor's elements. */
final class ActivationOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of("Relu", 1, 1, Set.of(), n -> clamp(n, 0, Double.POSITIVE_INFINITY)),
          Operator.of("Sigmoid", 1, 1, Set.of(), n -> emit(n, new Sigmoid())),
          Operator.of("Tanh", 1, 1, Set.of(), n -> emit(n, new Tanh())),
          Operator.of("HardSwish", 1, 1, Set.of(), n -> emit(n, new HardSwish())),
          Operator.of(
              "HardSigmoid",
              1,
              1,
              Set.of("alpha", "beta"),
              n -> emit(n, new HardSigmoid(real(n, "alpha", .2f), real(n, "beta", .5f)))),
          Operator.of(
              "LeakyRelu",
              1,
              1,
              Set.of("alpha"),
              n -> emit(n, new LeakyReLU(real(n, "alpha", .01f)))),
          Operator.of("Elu", 1, 1, Set.of("alpha"), n -> emit(n, new ELU(real(n, "alpha", 1)))),
          Operator.of("Selu", 1, 1, Set.of("alpha", "gamma"), ActivationOperators::selu),
          Operator.of("Gelu", 1, 1, Set.of("approximate"), ActivationOperators::gelu),
          function("Erf", Kind.ERF),
          function("Exp", Kind.EXP),
          function("Log", Kind.LOG),
          function("Sqrt", Kind.SQRT),
          function("Abs", Kind.ABS),
          function("Softplus", Kind.SOFTPLUS),
          function("Softsign", Kind.SOFTSIGN),
          function("Mish", Kind.MISH),
          Operator.of("Reciprocal", 1, 1, Set.of(), n -> emit(n, new Reciprocal())),
          Operator.of("Softmax", 1, 1, Set.of("axis"), ActivationOperators::softmax),
          Operator.of("Pow", 2, 2, Set.of(), ActivationOperators::power),
          Operator.of("PRelu", 2, 2, Set.of(), ActivationOperators::prelu),
          Operator.of("Clip", 1, 3, Set.of("min", "max"), ActivationOperators::clip));

  private ActivationOperators() {}

  private static Operator function(String type, Kind kind) {
    return Operator.of(type, 1, 1, Set.of(), n -> emit(n, new UnaryFunction(kind)));
  }

  /** Powers; small ones are products or roots. */
  private static void power(OnnxNode n) {
    Activation x = n.activation(0);
    double exponent = n.constant(1).scalar("the exponent");
    if (exponent == 2) {
      n.emit(new Mul(), x, x);
    } else if (exponent == 3) {
      n.emit(new Mul(), n.between(".square", new Mul(), x, x), x);
    } else if (exponent == .5) {
      n.emit(new UnaryFunction(Kind.SQRT), x);
    } else {
      n.emit(new Pow(exponent), x);
    }
  }

  /** Up to operator set 12 over all dimensions from the axis on, which are merged. */
  private static void softmax(OnnxNode n) {
    boolean merges = n.opset() < 13;
    Activation x = n.activation(0);
    int axis = OnnxNode.axis(n.attributes().integer("axis", merges ? 1 : -1), x);
    int[] shape = x.shape();
    int behind = ConstantTensor.size(Arrays.copyOfRange(shape, axis, shape.length));
    if (!merges || behind == shape[axis]) {
      n.emit(new Softmax(x.order()[axis]), x);
      return;
    }
    Activation plain = n.graph().plain(n.graph().batchAt(x, shape[0] == 1 ? 0 : -1));
    List<Integer> sizes =
        IntStream.concat(
                Arrays.stream(plain.stored(), 1, plain.order()[axis]), IntStream.of(behind))
            .boxed()
            .toList();
    Activation merged = n.graph().reshaped(plain, sizes, Arrays.copyOf(plain.order(), axis + 1));
    Activation made = n.between(".merged", new Softmax(plain.order()[axis]), merged);
    n.emitView(plain.order(), new Reshape(ImportedGraph.sizes(plain)), made);
  }

  private static void emit(OnnxNode n, Op op) {
    n.emit(op, n.activation(0));
  }

  private static double real(OnnxNode n, String name, float absent) {
    float value = n.attributes().real(name, absent);
    if (!Float.isFinite(value)) {
      throw Attributes.unsupported(name, value);
    }
    return value;
  }

  /** A slope for all, or one for each channel. */
  private static void prelu(OnnxNode n) {
    Activation x = n.activation(0);
    ConstantTensor slope = n.constant(1);
    int axis = channels(slope, x);
    if (axis > 0) {
      x = n.graph().channelsAt(x, axis);
    } else if (slope.size() != 1) {
      throw new IllegalArgumentException(
          "has slopes of " + Arrays.toString(slope.shape()) + " for " + Arrays.toString(x.shape()));
    }
    Activation made = n.emit(new PReLU(slope.size()), x);
    n.graph().parameter(made, "weight", slope.reshaped(slope.size()));
  }

  /** The only dimension along which there is more than one slope; 0 if there is none. */
  private static int channels(ConstantTensor slope, Activation x) {
    for (int i = 0; i < slope.rank(); i++) {
      int axis = i + x.rank() - slope.rank();
      if (axis > 0 && slope.shape()[i] == slope.size() && slope.size() == x.shape()[axis]) {
        return slope.size() == 1 ? 0 : axis;
      }
    }
    return 0;
  }

  /** gamma x for x above 0, and gamma alpha (exp(x) - 1) below. */
  private static void selu(OnnxNode n) {
    double alpha = real(n, "alpha", 1.67326319217681884765625f);
    double gamma = real(n, "gamma", 1.05070102214813232421875f);
    Activation elu = n.between(".elu", new ELU(alpha), n.activation(0));
    n.emit(new ScalarAffine(gamma, 0), elu);
  }

  private static void gelu(OnnxNode n) {
    String approximate = n.attributes().text("approximate", "none");
    if (!approximate.equals("none") && !approximate.equals("tanh")) {
      throw Attributes.unsupported("approximate", approximate);
    }
    emit(n, new GELU(approximate.equals("tanh")));
  }

  private static void clip(OnnxNode n) {
    double min = n.number("min", 1).orElse(Double.NEGATIVE_INFINITY);
    double max = n.number("max", 2).orElse(Double.POSITIVE_INFINITY);
    if (Double.isNaN(min) || Double.isNaN(max)) {
      throw new IllegalArgumentException("clips to " + min + " and " + max);
    }
    clamp(n, min, max);
  }

  /** Clamps a tensor; of integers that were just quantized, their range. */
  private static void clamp(OnnxNode n, double low, double high) {
    double min = n.real(low);
    double max = n.real(high);
    if (n.narrow(low, high)) {
      return;
    }
    if (min == Double.NEGATIVE_INFINITY && max == Double.POSITIVE_INFINITY) {
      n.define(n.activation(0));
      return;
    }
    Op clamp =
        min == 0 && max == 6
            ? new ReLU6()
            : min == 0 && max == Double.POSITIVE_INFINITY ? new ReLU() : new Clamp(min, max);
    emit(n, clamp);
  }
}
