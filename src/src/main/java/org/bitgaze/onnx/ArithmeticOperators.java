package org.bitgaze.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.Div;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Sub;
import org.bitgaze.onnx.Operand.Activation;

/** Sums, differences, products and quotients, of tensors or with numbers that are known. */
final class ArithmeticOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of("Add", 2, 2, Set.of(), ArithmeticOperators::translate),
          Operator.of("Sub", 2, 2, Set.of(), ArithmeticOperators::translate),
          Operator.of("Mul", 2, 2, Set.of(), ArithmeticOperators::translate),
          Operator.of("Div", 2, 2, Set.of(), ArithmeticOperators::translate));

  private ArithmeticOperators() {}

  private static void translate(OnnxNode n) {
    if (n.isConstant(0) && n.isConstant(1)) {
      n.define(Folding.elementwise(n.type(), n.constant(0), n.constant(1)));
    } else if (n.isConstant(0) || n.isConstant(1)) {
      boolean first = n.isConstant(0);
      withConstant(n, n.activation(first ? 1 : 0), n.constant(first ? 0 : 1), first);
    } else {
      ofTensors(n, n.activation(0), n.activation(1));
    }
  }

  private static void ofTensors(OnnxNode n, Activation x, Activation y) {
    if (x.rank() != y.rank()) {
      throw new IllegalArgumentException(
          "of " + Arrays.toString(x.shape()) + " and " + Arrays.toString(y.shape()));
    }
    switch (n.type()) {
      case "Add" -> {
        boolean second = Constant.size(y.shape()) > Constant.size(x.shape());
        n.emit(new Add(), second ? y : x, second ? x : y);
      }
      case "Sub" -> n.emit(new Sub(), x, y);
      case "Div" -> n.emit(new Div(), x, y);
      default -> {
        if (!Swish.multiply(n, x, y)) {
          n.emit(new Mul(), x, y);
        }
      }
    }
  }

  private static void withConstant(OnnxNode n, Activation x, Constant c, boolean first) {
    String type = n.type();
    if (type.equals("Add") && LayerOperators.add(n, x, c)) {
      return;
    }
    if (type.equals("Div") && first) {
      n.emit(new Div(), spread(n, c, x), x);
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
      if (!Swish.divide(n, x, type.equals("Mul") || type.equals("Div") ? number : 0)) {
        n.emit(adds ? new ScalarAffine(negates ? -1 : 1, number) : new ScalarAffine(number, 0), x);
      }
      return;
    }
    Constant numbers =
        c.computed(c.type(), c.shape(), i -> f.applyAsDouble(c.elements().applyAsDouble(i)))
            .reshaped(fit(c, x));
    Activation from = negates ? n.between(".negative", new ScalarAffine(-1, 0), x) : x;
    List<Integer> shape = Arrays.stream(numbers.shape()).boxed().toList();
    if (adds) {
      n.graph().parameter(n.emit(new AddConstant(shape), from), "bias", numbers);
    } else {
      n.graph().parameter(n.emit(new MulConstant(shape), from), "weight", numbers);
    }
  }

  /** A constant as a tensor of another's sizes, which images do not change. */
  private static Activation spread(OnnxNode n, Constant c, Activation like) {
    boolean single = c.size() == 1 && c.rank() <= like.rank();
    Activation even = n.between(".constant", new ScalarAffine(0, single ? c.at(0) : 0), like);
    if (single) {
      return even;
    }
    Constant numbers = c.reshaped(fit(c, like));
    AddConstant shift = new AddConstant(Arrays.stream(numbers.shape()).boxed().toList());
    Activation spread = n.between(".spread", shift, even);
    n.graph().parameter(spread, "bias", numbers);
    return spread;
  }

  /** A constant's sizes as those of a tensor without the batch: aligned at the last. */
  private static int[] fit(Constant c, Activation x) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 1; i < x.rank(); i++) {
      int at = i - (x.rank() - c.rank());
      sizes.add(at < 0 ? 1 : c.shape()[at]);
    }
    boolean fits = c.rank() <= x.rank() && (c.rank() < x.rank() || c.shape()[0] == 1);
    if (!fits) {
      throw new IllegalArgumentException(
          "with a constant of "
              + Arrays.toString(c.shape())
              + " and a tensor of "
              + Arrays.toString(x.shape()));
    }
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }
}
