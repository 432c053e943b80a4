package org.bitgaze.onnx;

import java.util.List;
import java.util.Set;
import org.bitgaze.network.op.Clamp;
import org.bitgaze.network.op.ELU;
import org.bitgaze.network.op.HardSigmoid;
import org.bitgaze.network.op.HardSwish;
import org.bitgaze.network.op.LeakyReLU;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.PReLU;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.ReLU6;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Tanh;
import org.bitgaze.onnx.Operand.Activation;

/** Functions of one tensor's elements. */
final class ActivationOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of("Relu", 1, 1, Set.of(), n -> emit(n, new ReLU())),
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
          Operator.of("PRelu", 2, 2, Set.of(), ActivationOperators::prelu),
          Operator.of("Clip", 1, 3, Set.of(), ActivationOperators::clip));

  private ActivationOperators() {}

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
    Constant slope = n.constant(1);
    int channelsAt = slope.rank() - (x.rank() - 1);
    boolean perChannel =
        channelsAt >= 0 && channelsAt < slope.rank() && slope.shape()[channelsAt] == slope.size();
    if (slope.size() != 1 && !(perChannel && slope.size() == x.shape()[1])) {
      throw new IllegalArgumentException(
          "has slopes of "
              + java.util.Arrays.toString(slope.shape())
              + " for "
              + java.util.Arrays.toString(x.shape()));
    }
    Activation made = n.emit(new PReLU(slope.size()), x);
    n.graph().parameter(made, "weight", slope.reshaped(slope.size()));
  }

  private static void clip(OnnxNode n) {
    double min = n.optional(1).map(c -> c.scalar("min")).orElse(Double.NEGATIVE_INFINITY);
    double max = n.optional(2).map(c -> c.scalar("max")).orElse(Double.POSITIVE_INFINITY);
    if (Double.isNaN(min) || Double.isNaN(max)) {
      throw new IllegalArgumentException("clips to " + min + " and " + max);
    }
    if (min == Double.NEGATIVE_INFINITY && max == Double.POSITIVE_INFINITY) {
      n.define(n.isConstant(0) ? n.constant(0) : n.activation(0));
      return;
    }
    Op clamp =
        min == 0 && max == 6
            ? new ReLU6()
            : min == 0 && max == Double.POSITIVE_INFINITY ? new ReLU() : new Clamp(min, max);
    emit(n, clamp);
  }
}
