package org.bitgaze.onnx.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.AddMask;
import org.bitgaze.network.op.Clamp;
import org.bitgaze.network.op.ConstantDiv;
import org.bitgaze.network.op.Div;
import org.bitgaze.network.op.Expand;
import org.bitgaze.network.op.Extremum;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Sub;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
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
          Operator.of("Where", 3, 3, Set.of(), ArithmeticOperators::choose),
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
    ImportedGraph.Pair p = second ? n.graph().aligned(y, x) : n.graph().aligned(x, y);
    Activation a = second ? p.y() : p.x();
    Activation b = second ? p.x() : p.y();
    switch (n.type()) {
      case "Add" -> n.emit(new Add(), expanded(n, p.x(), p.y()), p.y());
      case "Sub" -> n.emit(new Sub(), a, b);
      case "Div" -> {
        if (!NormForms.divide(n, a, b)) {
          n.emit(new Div(), a, b);
        }
      }
      default -> {
        if (!Swish.multiply(n, a, b) && !Gelu.multiply(n, a, b) && !NormForms.multiply(n, a, b)) {
          n.emit(new Mul(), a, b);
        }
      }
    }
  }

  private static boolean isLarger(Activation x, Activation y) {
    return ConstantTensor.size(x.stored()) > ConstantTensor.size(y.stored());
  }

  /** A tensor repeated to what it and another, stored alike, are broadcast to. */
  private static Activation expanded(OnnxNode n, Activation x, Activation y) {
    List<Integer> to = new ArrayList<>();
    for (int i = 1; i < x.stored().length; i++) {
      to.add(x.stored()[i] == 1 ? y.stored()[i] : x.stored()[i]);
    }
    return to.equals(ImportedGraph.sizes(x)) ? x : n.between(".expanded", new Expand(to), x);
  }

  /** Elements of two operands by a constant mask: m x + (1 - m) y. */
  private static void choose(OnnxNode n) {
    if (!n.isConstant(0)) {
      throw new IllegalArgumentException("has a condition that depends on the image");
    }
    ConstantTensor mask = n.constant(0);
    ConstantTensor inverse = Folding.each(mask, v -> v == 0 ? 1 : 0);
    boolean filledYes = n.isConstant(1);
    if (!filledYes && !n.isConstant(2)) {
      ImportedGraph.Pair p =
          n.graph()
              .aligned(
                  masked(n, n.activation(1), mask, ".yes"),
                  masked(n, n.activation(2), inverse, ".no"));
      n.emit(new Add(), expanded(n, p.x(), p.y()), p.y());
      return;
    }
    Activation kept =
        masked(n, n.activation(filledYes ? 2 : 1), filledYes ? inverse : mask, ".kept");
    ConstantTensor filled =
        Folding.both(
            ElementType.FLOAT,
            filledYes ? mask : inverse,
            n.constant(filledYes ? 1 : 2),
            // Behind a softmax the lowest number means the same as infinity.
            (m, v) -> m == 0 ? 0 : Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, v)));
    Activation to = fitting(n, kept, filled);
    ConstantTensor fitted = fit(filled, to);
    n.graph().parameter(n.emit(new AddConstant(sizes(fitted)), to), "bias", fitted);
  }

  private static Activation masked(OnnxNode n, Activation x, ConstantTensor mask, String suffix) {
    Activation to = fitting(n, x, mask);
    ConstantTensor fitted = fit(Folding.each(mask, v -> v == 0 ? 0 : 1), to);
    Activation made = n.between(suffix, new MulConstant(sizes(fitted)), to);
    n.graph().parameter(made, "weight", fitted);
    return made;
  }

  private static void sum(OnnxNode n) {
    reduce(n, (x, c) -> new AddConstant(sizes(c)), "bias", (x, y) -> new Add());
  }

  /** Makes an operation of a tensor and a second operand. */
  @FunctionalInterface
  private interface Combining<T> {
    Op op(Activation x, T y);
  }

  /**
   * Combines tensors one after the other, the larger first, and then with constants.
   *
   * @param local the parameter of the operation with a constant; empty if it takes a number only,
   *     and a larger constant becomes a tensor
   */
  private static void reduce(
      OnnxNode n,
      Combining<ConstantTensor> withConstant,
      String local,
      Combining<Activation> ofTwo) {
    List<Activation> tensors = new ArrayList<>();
    List<ConstantTensor> constants = new ArrayList<>();
    for (int i = 0; i < n.inputs().size(); i++) {
      if (n.isActivation(i)) {
        tensors.add(n.activation(i));
      } else if (n.isConstant(i)) {
        constants.add(n.constant(i));
      }
    }
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
      ImportedGraph.Pair p = second ? n.graph().aligned(next, all) : n.graph().aligned(all, next);
      Activation x = expanded(n, p.x(), p.y());
      all = step(n, --left, ofTwo.op(x, p.y()), x, p.y());
    }
    for (ConstantTensor constant : constants) {
      all = fitting(n, all, constant);
      ConstantTensor c = fit(constant, all);
      if (local.isEmpty() && c.size() > 1) {
        Activation same = n.graph().constant(n.output(), aligned(constant, all.rank()), all);
        ImportedGraph.Pair p = n.graph().aligned(all, same);
        all = step(n, --left, ofTwo.op(p.x(), p.y()), p.x(), p.y());
        continue;
      }
      Op op = withConstant.op(all, c);
      all = step(n, --left, op, all);
      if (op.parameters().containsKey(local)) {
        n.graph().parameter(all, local, c);
      }
    }
  }

  /** A constant with as many dimensions as a tensor, the first of which have size 1. */
  private static ConstantTensor aligned(ConstantTensor c, int rank) {
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    System.arraycopy(c.shape(), 0, shape, rank - c.rank(), c.rank());
    return c.reshaped(shape);
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

  private static void withConstant(OnnxNode n, Activation tensor, ConstantTensor c, boolean first) {
    String type = n.type();
    DoubleUnaryOperator f =
        switch (type) {
          case "Sub" -> first ? v -> v : v -> -v;
          case "Div" -> v -> 1 / v;
          default -> v -> v;
        };
    boolean adds = type.equals("Add") || type.equals("Sub");
    boolean negates = type.equals("Sub") && first;
    boolean divides = type.equals("Div") && first;
    if (c.size() == 1 && c.rank() <= tensor.rank() && !divides) {
      if (type.equals("Add") && LayerOperators.add(n, tensor, c)) {
        return;
      }
      number(n, tensor, adds, negates, f.applyAsDouble(c.at(0)));
      return;
    }
    Activation x = fitting(n, tensor, c);
    ConstantTensor fitted = fit(c, x);
    if (divides) {
      Activation made = n.emit(new ConstantDiv(sizes(fitted)), x);
      n.graph().parameter(made, "weight", fitted);
      return;
    }
    ConstantTensor numbers =
        fitted.computed(
            c.type(), fitted.shape(), i -> f.applyAsDouble(fitted.elements().applyAsDouble(i)));
    if (!negates
        && ((type.equals("Add") && LayerOperators.add(n, x, fitted))
            || NormOperators.absorb(n, x, numbers, adds))) {
      return;
    }
    Activation from = negates ? n.between(".negative", new ScalarAffine(-1, 0), x) : x;
    Op op = new MulConstant(sizes(numbers));
    if (adds) {
      op = isMask(numbers) ? new AddMask(sizes(numbers)) : new AddConstant(sizes(numbers));
    }
    String local = op.parameters().keySet().iterator().next();
    n.graph().parameter(n.emit(op, from), local, numbers);
  }

  /** Whether a summand excludes elements from the softmax that follows. */
  private static boolean isMask(ConstantTensor numbers) {
    for (int i = 0; i < numbers.size(); i++) {
      if (numbers.at(i) <= AddMask.EXCLUDES) {
        return true;
      }
    }
    return false;
  }

  private static void number(
      OnnxNode n, Activation x, boolean adds, boolean negates, double number) {
    if (adds || (!Swish.divide(n, x, number) && !Gelu.scale(n, x, number))) {
      n.emit(adds ? new ScalarAffine(negates ? -1 : 1, number) : new ScalarAffine(number, 0), x);
    }
  }

  private static List<Integer> sizes(ConstantTensor c) {
    return Arrays.stream(c.shape()).boxed().toList();
  }

  /**
   * A tensor that a constant can be broadcast to: with as many dimensions, none of which is the
   * batch where the constant is larger, repeated where only the constant is larger.
   */
  static Activation fitting(OnnxNode n, Activation tensor, ConstantTensor c) {
    Activation x = n.graph().ranked(tensor, c.rank());
    int[] shape = Folding.broadcast(x.shape(), c.shape());
    if (x.batch() >= 0 && shape[x.batch()] != 1) {
      x = n.graph().batchAt(x, -1);
    }
    int[] stored = x.stored().clone();
    for (int i = 0; i < shape.length; i++) {
      stored[x.order()[i]] = shape[i];
    }
    Activation to = new Activation("", stored, x.order());
    return Arrays.equals(stored, x.stored())
        ? x
        : n.between(".expanded", new Expand(ImportedGraph.sizes(to)), x);
  }

  /** A tensor plus a constant that is aligned with it, as a step of an operator. */
  static Activation shifted(OnnxNode n, Activation x, ConstantTensor aligned, String suffix) {
    Activation made = n.between(suffix, new AddConstant(sizes(aligned)), x);
    n.graph().parameter(made, "bias", aligned);
    return made;
  }

  /** A constant aligned with a tensor as it is stored, without the batch. */
  static ConstantTensor fit(ConstantTensor c, Activation x) {
    int[] sizes = new int[x.rank()];
    for (int i = 0; i < sizes.length; i++) {
      int at = i - (x.rank() - c.rank());
      sizes[i] = at < 0 ? 1 : c.shape()[at];
    }
    return ImportedGraph.stored(c.reshaped(sizes), x);
  }
}
