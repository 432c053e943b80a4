package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.Clamp;
import org.bitgaze.network.op.ConstantDiv;
import org.bitgaze.network.op.Div;
import org.bitgaze.network.op.Extremum;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Sub;
import org.bitgaze.onnx.file.Constant;
import org.bitgaze.onnx.ops.Operand.Activation;

/** Sums, differences, products, quotients and extrema of tensors, or of a tensor and constants. */
final class ArithmeticOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of("Add", 2, 2, Set.of(), ArithmeticOperators::translate),
          Operator.of("Sub", 2, 2, Set.of(), ArithmeticOperators::translate),
          Operator.of("Mul", 2, 2, Set.of(), ArithmeticOperators::translate),
          Operator.of("Div", 2, 2, Set.of(), ArithmeticOperators::translate),
          Operator.of("Neg", 1, 1, Set.of(), n -> n.emit(new ScalarAffine(-1, 0), n.activation(0))),
          Operator.of("Sum", 1, 64, Set.of(), ArithmeticOperators::sum),
          Operator.of("Max", 1, 64, Set.of(), n -> extremum(n, true)),
          Operator.of("Min", 1, 64, Set.of(), n -> extremum(n, false)));

  private ArithmeticOperators() {}

  private static void translate(OnnxNode n) {
    if (n.isConstant(0) || n.isConstant(1)) {
      boolean first = n.isConstant(0);
      withConstant(n, n.activation(first ? 1 : 0), n.constant(first ? 0 : 1), first);
      return;
    }
    Activation x = n.activation(0);
    Activation y = n.activation(1);
    boolean second = isLarger(y, x);
    Activation a = aligned(n, x, second ? y : x);
    Activation b = aligned(n, y, second ? y : x);
    switch (n.type()) {
      case "Add" -> n.emit(new Add(), second ? b : a, second ? a : b);
      case "Sub" -> n.emit(new Sub(), a, b);
      case "Div" -> n.emit(new Div(), a, b);
      default -> {
        if (!Swish.multiply(n, a, b)) {
          n.emit(new Mul(), a, b);
        }
      }
    }
  }

  private static boolean isLarger(Activation x, Activation y) {
    return Constant.size(x.stored()) > Constant.size(y.stored());
  }

  /** A tensor stored in the order of another of as many dimensions. */
  private static Activation aligned(OnnxNode n, Activation x, Activation like) {
    if (x.rank() != like.rank()) {
      throw new IllegalArgumentException(
          "of " + Arrays.toString(x.shape()) + " and " + Arrays.toString(like.shape()));
    }
    return n.graph().stored(x, like.order());
  }

  private static void sum(OnnxNode n) {
    reduce(n, (x, c) -> new AddConstant(sizes(c)), "bias", (x, y) -> new Add());
  }

  /** Makes an operation of a tensor and a second operand. */
  @FunctionalInterface
  private interface Combining<T> {
    Op op(Activation x, T y);
  }

  /** Combines tensors one after the other, the larger first, and then with constants. */
  private static void reduce(
      OnnxNode n, Combining<Constant> withConstant, String local, Combining<Activation> ofTwo) {
    List<Activation> tensors =
        IntStream.range(0, n.inputs().size())
            .filter(n::isActivation)
            .mapToObj(n::activation)
            .toList();
    List<Constant> constants =
        IntStream.range(0, n.inputs().size()).filter(n::isConstant).mapToObj(n::constant).toList();
    if (tensors.size() + constants.size() != n.inputs().size()) {
      throw new IllegalArgumentException("takes quantized tensors without a DequantizeLinear");
    }
    Activation all = tensors.get(0);
    int left = n.inputs().size() - 1;
    if (left == 0) {
      n.define(all);
    }
    for (Activation next : tensors.subList(1, tensors.size())) {
      boolean second = isLarger(next, all);
      Activation x = second ? next : all;
      Activation y = aligned(n, second ? all : next, x);
      all = step(n, --left, ofTwo.op(x, y), x, y);
    }
    for (Constant constant : constants) {
      Constant c = fit(constant, all);
      Op op = withConstant.op(all, c);
      all = step(n, --left, op, all);
      if (op.parameters().containsKey(local)) {
        n.graph().parameter(all, local, c);
      }
    }
  }

  /** The last of several operations makes the output. */
  private static Activation step(OnnxNode n, int left, Op op, Activation... inputs) {
    return left == 0 ? n.emit(op, inputs) : n.between("." + left, op, inputs);
  }

  private static void extremum(OnnxNode n, boolean max) {
    reduce(
        n,
        (x, c) -> {
          double bound = n.real(c.scalar("the constant"));
          return max && bound == 0
              ? new ReLU()
              : max
                  ? new Clamp(bound, Double.POSITIVE_INFINITY)
                  : new Clamp(Double.NEGATIVE_INFINITY, bound);
        },
        "",
        (x, y) -> new Extremum(max));
  }

  private static void withConstant(OnnxNode n, Activation x, Constant c, boolean first) {
    String type = n.type();
    if (type.equals("Add") && LayerOperators.add(n, x, c)) {
      return;
    }
    if (type.equals("Div") && first) {
      Constant dividends = fit(c, x);
      Activation made = n.emit(new ConstantDiv(sizes(dividends)), x);
      n.graph().parameter(made, "weight", dividends);
      return;
    }
    DoubleUnaryOperator f =
        switch (type) {
          case "Sub" -> first ? v -> v : v -> -v;
          case "Div" -> v -> 1 / v;
          default -> v -> v;
        };
    boolean adds = type.equals("Add") || type.equals("Sub");
    boolean negates = type.equals("Sub") && first;
    if (c.size() == 1 && c.rank() <= x.rank()) {
      double number = f.applyAsDouble(c.at(0));
      if (!Swish.divide(n, x, adds ? 0 : number)) {
        n.emit(adds ? new ScalarAffine(negates ? -1 : 1, number) : new ScalarAffine(number, 0), x);
      }
      return;
    }
    Constant fitted = fit(c, x);
    Constant numbers =
        fitted.computed(
            c.type(), fitted.shape(), i -> f.applyAsDouble(fitted.elements().applyAsDouble(i)));
    Activation from = negates ? n.between(".negative", new ScalarAffine(-1, 0), x) : x;
    Op op = adds ? new AddConstant(sizes(numbers)) : new MulConstant(sizes(numbers));
    n.graph().parameter(n.emit(op, from), adds ? "bias" : "weight", numbers);
  }

  private static List<Integer> sizes(Constant c) {
    return Arrays.stream(c.shape()).boxed().toList();
  }

  /** A constant aligned with a tensor as it is stored, without the batch. */
  private static Constant fit(Constant c, Activation x) {
    int[] sizes = new int[x.rank()];
    for (int i = 0; i < sizes.length; i++) {
      int at = i - (x.rank() - c.rank());
      sizes[i] = at < 0 ? 1 : c.shape()[at];
    }
    if (c.rank() > x.rank() || sizes[0] != 1) {
      throw new IllegalArgumentException(
          "with a constant of "
              + Arrays.toString(c.shape())
              + " and a tensor of "
              + Arrays.toString(x.shape()));
    }
    int[] back = new int[x.rank()];
    for (int i = 0; i < back.length; i++) {
      back[x.order()[i]] = i;
    }
    Constant moved = Folding.transpose(c.reshaped(sizes), back);
    return moved.reshaped(Arrays.copyOfRange(moved.shape(), 1, moved.rank()));
  }
}
