package org.bitgaze.onnx.ops;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.ops.Operand.Known;

/**
 * Operators all of whose inputs are constants: they are computed when the network is compiled. Real
 * numbers are rounded to float32 after each.
 */
final class ConstantOperators {
  private static final Set<String> NONE = Set.of();

  static final List<Operator> ALL = all();

  private ConstantOperators() {}

  private static List<Operator> all() {
    List<Operator> all = new ArrayList<>();
    all.add(
        Operator.of(
            "Constant",
            0,
            0,
            Set.of("value", "value_int", "value_ints", "value_float", "value_floats"),
            ConstantOperators::constant));
    all.add(Operator.of("ConstantOfShape", 1, 1, Set.of("value"), ConstantOperators::filled));
    all.add(Operator.of("Range", 3, 3, NONE, ConstantOperators::range));
    all.add(Operator.of("Size", 1, 1, NONE, n -> n.define(integer(n.constant(0).size()))));
    all.add(Operator.of("Expand", 2, 2, NONE, ConstantOperators::expand));
    all.add(Operator.of("Tile", 2, 2, NONE, ConstantOperators::tile));
    all.add(Operator.of("Where", 3, 3, NONE, ConstantOperators::where));
    all.add(Operator.of("Concat", 1, 4096, Set.of("axis"), ConstantOperators::concat));
    all.add(Operator.of("Gather", 2, 2, Set.of("axis"), ConstantOperators::gather));
    all.add(Operator.of("Slice", 1, 5, Set.of("starts", "ends", "axes"), ConstantOperators::slice));
    all.add(
        Operator.of(
            "Split", 1, 2, Set.of("axis", "num_outputs", "split"), ConstantOperators::split));
    all.add(Operator.of("Transpose", 1, 1, Set.of("perm"), ConstantOperators::transpose));
    all.add(Operator.of("MatMul", 2, 2, NONE, ConstantOperators::matMul));
    all.add(Operator.of("Clip", 1, 3, Set.of("min", "max"), ConstantOperators::clip));
    all.add(
        Operator.of(
            "BatchNormalization",
            5,
            5,
            Set.of("epsilon", "momentum", "training_mode"),
            ConstantOperators::batchNorm));
    all.add(
        Operator.of(
            "InstanceNormalization", 3, 3, Set.of("epsilon"), ConstantOperators::instanceNorm));
    unary(all);
    binary(all);
    reductions(all);
    return all;
  }

  private static void unary(List<Operator> all) {
    each(all, "Abs", Math::abs);
    each(all, "Neg", v -> -v);
    each(all, "Sign", Math::signum);
    each(all, "Ceil", Math::ceil);
    each(all, "Floor", Math::floor);
    each(all, "Round", Math::rint);
    each(all, "Sqrt", Math::sqrt);
    each(all, "Exp", Math::exp);
    each(all, "Log", Math::log);
    each(all, "Reciprocal", v -> 1 / v);
    each(all, "Relu", v -> Math.max(v, 0));
    each(all, "Sigmoid", v -> 1 / (1 + Math.exp(-v)));
    each(all, "Tanh", Math::tanh);
    each(all, "Sin", Math::sin);
    each(all, "Cos", Math::cos);
    each(all, "Not", v -> v == 0 ? 1 : 0);
  }

  private static void each(List<Operator> all, String type, DoubleUnaryOperator f) {
    all.add(Operator.of(type, 1, 1, NONE, n -> n.define(Folding.each(n.constant(0), f))));
  }

  private static void binary(List<Operator> all) {
    all.add(Operator.of("Div", 2, 2, NONE, ConstantOperators::divide));
    all.add(Operator.of("Mod", 2, 2, Set.of("fmod"), ConstantOperators::modulo));
    both(all, 2, "Add", Double::sum);
    both(all, 2, "Sub", (x, y) -> x - y);
    both(all, 2, "Mul", (x, y) -> x * y);
    all.add(
        Operator.of(
            "Pow",
            2,
            2,
            NONE,
            n -> {
              ConstantTensor base = n.constant(0);
              n.define(Folding.both(base.type(), base, n.constant(1), Math::pow));
            }));
    both(all, 4096, "Sum", Double::sum);
    both(all, 4096, "Max", Math::max);
    both(all, 4096, "Min", Math::min);
    compare(all, "Equal", (x, y) -> x == y ? 1 : 0);
    compare(all, "Less", (x, y) -> x < y ? 1 : 0);
    compare(all, "LessOrEqual", (x, y) -> x <= y ? 1 : 0);
    compare(all, "Greater", (x, y) -> x > y ? 1 : 0);
    compare(all, "GreaterOrEqual", (x, y) -> x >= y ? 1 : 0);
    compare(all, "And", (x, y) -> x * y);
    compare(all, "Or", Math::max);
    compare(all, "Xor", (x, y) -> x == y ? 0 : 1);
  }

  private static void both(List<Operator> all, int max, String type, DoubleBinaryOperator f) {
    all.add(
        Operator.of(
            type,
            max == 2 ? 2 : 1,
            max,
            NONE,
            n -> {
              ConstantTensor result = n.constant(0);
              for (ConstantTensor next : n.constants().subList(1, n.constants().size())) {
                requireSame(result, next);
                result = Folding.both(result.type(), result, next, f);
              }
              n.define(result);
            }));
  }

  private static void requireSame(ConstantTensor a, ConstantTensor b) {
    if (a.type().isReal() != b.type().isReal()) {
      throw new IllegalArgumentException("mixes " + a.type() + " and " + b.type());
    }
  }

  private static void compare(List<Operator> all, String type, DoubleBinaryOperator f) {
    all.add(
        Operator.of(
            type,
            2,
            2,
            NONE,
            n -> n.define(Folding.both(ElementType.BOOL, n.constant(0), n.constant(1), f))));
  }

  private static void divide(OnnxNode n) {
    ConstantTensor a = n.constant(0);
    ConstantTensor b = n.constant(1);
    requireSame(a, b);
    boolean whole = !a.type().isReal();
    if (whole) {
      requireNoZero(b);
    }
    n.define(
        Folding.both(a.type(), a, b, (x, y) -> whole ? (double) ((long) x / (long) y) : x / y));
  }

  private static void requireNoZero(ConstantTensor divisors) {
    if (Arrays.stream(divisors.ints()).anyMatch(d -> d == 0)) {
      throw new IllegalArgumentException("divides by 0");
    }
  }

  private static void modulo(OnnxNode n) {
    ConstantTensor a = n.constant(0);
    ConstantTensor b = n.constant(1);
    requireSame(a, b);
    boolean signOfDividend = n.attributes().flag("fmod", false);
    if (!a.type().isReal()) {
      requireNoZero(b);
    }
    n.define(
        Folding.both(a.type(), a, b, (x, y) -> signOfDividend ? x % y : x - Math.floor(x / y) * y));
  }

  private static void reductions(List<Operator> all) {
    reduce(all, "ReduceMean", 0, Double::sum, true);
    reduce(all, "ReduceSum", 0, Double::sum, false);
    reduce(all, "ReduceSumSquare", 0, (sum, v) -> sum + v * v, false);
    reduce(all, "ReduceProd", 1, (product, v) -> product * v, false);
    reduce(all, "ReduceMax", Double.NEGATIVE_INFINITY, Math::max, false);
    reduce(all, "ReduceMin", Double.POSITIVE_INFINITY, Math::min, false);
    reduce(all, "ReduceL1", 0, (sum, v) -> sum + Math.abs(v), false);
    all.add(
        Operator.of(
            "ReduceL2",
            1,
            2,
            PoolOperators.REDUCTION,
            n ->
                n.define(Folding.each(reduced(n, 0, (sum, v) -> sum + v * v, false), Math::sqrt))));
  }

  private static void reduce(
      List<Operator> all, String type, double start, DoubleBinaryOperator f, boolean mean) {
    all.add(
        Operator.of(
            type, 1, 2, PoolOperators.REDUCTION, n -> n.define(reduced(n, start, f, mean))));
  }

  private static ConstantTensor reduced(
      OnnxNode n, double start, DoubleBinaryOperator f, boolean mean) {
    ConstantTensor c = n.constant(0);
    int[] given = n.ints("axes", 1).orElse(new int[0]);
    if (given.length == 0 && n.attributes().flag("noop_with_empty_axes", false)) {
      return c;
    }
    int[] axes =
        given.length == 0
            ? IntStream.range(0, c.rank()).toArray()
            : Arrays.stream(given).map(a -> axis(a, c)).distinct().toArray();
    return Folding.reduce(c, axes, n.attributes().flag("keepdims", true), start, f, mean);
  }

  private static int axis(long axis, ConstantTensor c) {
    long at = axis < 0 ? axis + c.rank() : axis;
    if (at < 0 || at >= c.rank()) {
      throw new IllegalArgumentException("axis " + axis + " of " + Arrays.toString(c.shape()));
    }
    return (int) at;
  }

  private static ConstantTensor integer(int value) {
    return ConstantTensor.of(ElementType.INT64, new int[0], value);
  }

  private static void constant(OnnxNode n) throws IOException {
    Attributes a = n.attributes();
    Optional<TensorProto> tensor = a.tensor("value");
    if (tensor.isPresent()) {
      n.define(n.read(tensor.get()));
    } else if (a.has("value_int")) {
      n.define(ConstantTensor.of(ElementType.INT64, new int[0], a.integer("value_int", 0)));
    } else if (a.has("value_ints")) {
      n.define(ConstantTensor.integers(a.ints("value_ints").orElseThrow()));
    } else if (a.has("value_float")) {
      n.define(ConstantTensor.of(ElementType.FLOAT, new int[0], a.real("value_float", 0)));
    } else if (a.has("value_floats")) {
      float[] values = a.floats("value_floats").orElseThrow();
      n.define(ConstantTensor.stored(ElementType.FLOAT, new int[] {values.length}, i -> values[i]));
    } else {
      throw new IllegalArgumentException("holds no number or tensor");
    }
  }

  private static void filled(OnnxNode n) throws IOException {
    int[] shape = OnnxNode.generated(n.constant(0).ints());
    ConstantTensor value = ConstantTensor.of(ElementType.FLOAT, new int[0], 0);
    if (n.attributes().has("value")) {
      value = n.read(n.attributes().tensor("value").orElseThrow());
    }
    double all = value.scalar("attribute 'value'");
    n.define(ConstantTensor.stored(value.type(), shape, i -> all));
  }

  private static void range(OnnxNode n) {
    double start = n.constant(0).scalar("start");
    double step = n.constant(2).scalar("delta");
    double count = Math.max(0, Math.ceil((n.constant(1).scalar("limit") - start) / step));
    if (!(count <= Integer.MAX_VALUE)) {
      throw new IllegalArgumentException("makes " + count + " numbers");
    }
    int[] shape = OnnxNode.generated(new int[] {(int) count});
    n.define(ConstantTensor.stored(n.constant(0).type(), shape, i -> start + i * step));
  }

  private static void expand(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    n.define(
        Folding.expand(c, OnnxNode.generated(Folding.broadcast(c.shape(), n.constant(1).ints()))));
  }

  private static void tile(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    int[] times = n.constant(1).ints();
    if (times.length != c.rank()) {
      throw new IllegalArgumentException(
          "repeats " + Arrays.toString(c.shape()) + " " + Arrays.toString(times) + " times");
    }
    for (int axis = 0; axis < times.length; axis++) {
      int size = c.shape()[axis];
      int[] shape = c.shape().clone();
      shape[axis] = Math.multiplyExact(size, times[axis]);
      n.reserve(shape[axis]);
      int[] indices = IntStream.range(0, shape[axis]).map(i -> i % size).toArray();
      c = Folding.gather(c, axis, ConstantTensor.integers(indices));
    }
    n.define(c);
  }

  private static void where(OnnxNode n) {
    ConstantTensor yes = n.constant(1);
    ConstantTensor no = n.constant(2);
    requireSame(yes, no);
    int[] shape =
        Folding.broadcast(n.constant(0).shape(), Folding.broadcast(yes.shape(), no.shape()));
    ConstantTensor condition = Folding.expand(n.constant(0), shape);
    ConstantTensor a = Folding.expand(yes, shape);
    ConstantTensor b = Folding.expand(no, shape);
    n.define(
        ConstantTensor.computed(
            yes.type(),
            shape,
            i -> (condition.elements().applyAsDouble(i) != 0 ? a : b).elements().applyAsDouble(i),
            condition.work() + a.work() + b.work() + 1));
  }

  private static void concat(OnnxNode n) {
    List<ConstantTensor> parts = n.constants();
    int axis = axis(n.attributes().integer("axis", 0), parts.get(0));
    n.define(Folding.concat(parts, axis));
  }

  private static void gather(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    n.reserve(n.constant(1).size());
    n.define(Folding.gather(c, axis(n.attributes().integer("axis", 0), c), n.constant(1)));
  }

  private static void slice(OnnxNode n) {
    Slices s = Slices.of(n);
    ConstantTensor c = n.constant(0);
    for (int i = 0; i < s.axes().length; i++) {
      c = Folding.slice(c, s.axes()[i], s.starts()[i], s.ends()[i], s.steps()[i]);
    }
    n.define(c);
  }

  private static void split(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    int axis = axis(n.attributes().integer("axis", 0), c);
    int start = 0;
    int[] sizes = Slices.split(n, c.shape()[axis]);
    for (int i = 0; i < sizes.length; i++) {
      if (n.hasOutput(i)) {
        n.define(i, new Known(Folding.slice(c, axis, start, start + sizes[i], 1)));
      }
      start += sizes[i];
    }
  }

  private static void transpose(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    n.define(Folding.transpose(c, ShapeOperators.order(n)));
  }

  /** Of matrices over the last two dimensions; all others are broadcast. */
  private static void matMul(OnnxNode n) {
    ConstantTensor a = n.constant(0);
    ConstantTensor b = n.constant(1);
    if (a.rank() < 2 || b.rank() < 2 || a.shape()[a.rank() - 1] != b.shape()[b.rank() - 2]) {
      throw new IllegalArgumentException(
          "of constants " + Arrays.toString(a.shape()) + " and " + Arrays.toString(b.shape()));
    }
    int inner = a.shape()[a.rank() - 1];
    int rows = a.shape()[a.rank() - 2];
    int columns = b.shape()[b.rank() - 1];
    int[] outer =
        Folding.broadcast(
            Arrays.copyOf(a.shape(), a.rank() - 2), Arrays.copyOf(b.shape(), b.rank() - 2));
    ConstantTensor x = Folding.expand(a, with(outer, rows, inner));
    ConstantTensor y = Folding.expand(b, with(outer, inner, columns));
    n.define(
        ConstantTensor.computed(
            a.type(),
            with(outer, rows, columns),
            i -> {
              int stack = i / columns / rows;
              double sum = 0;
              for (int k = 0; k < inner; k++) {
                sum +=
                    x.elements().applyAsDouble(i / columns * inner + k)
                        * y.elements().applyAsDouble((stack * inner + k) * columns + i % columns);
              }
              return Folding.as(a.type(), sum);
            },
            x.work() + y.work() + inner / 64 + 1));
  }

  private static int[] with(int[] outer, int rows, int columns) {
    int[] shape = Arrays.copyOf(outer, outer.length + 2);
    shape[outer.length] = rows;
    shape[outer.length + 1] = columns;
    return shape;
  }

  private static void clip(OnnxNode n) {
    double min = n.number("min", 1).orElse(Double.NEGATIVE_INFINITY);
    double max = n.number("max", 2).orElse(Double.POSITIVE_INFINITY);
    n.define(Folding.each(n.constant(0), v -> Math.min(Math.max(v, min), max)));
  }

  /** Standardizes weights, as networks without batch norms do: by their own statistics. */
  private static void batchNorm(OnnxNode n) {
    n.attributes().only("training_mode", 0, 1);
    n.requireOneOutput();
    ConstantTensor x = n.constant(0);
    boolean own = n.attributes().flag("training_mode", false);
    int[] axes = IntStream.range(0, x.rank()).filter(i -> i != 1).toArray();
    ConstantTensor mean = own ? mean(x, axes) : channels(n.constant(3), x.rank());
    ConstantTensor variance = own ? variance(x, mean, axes) : channels(n.constant(4), x.rank());
    normalize(n, x, mean, variance);
  }

  private static void instanceNorm(OnnxNode n) {
    ConstantTensor x = n.constant(0);
    int[] axes = IntStream.range(2, x.rank()).toArray();
    ConstantTensor mean = mean(x, axes);
    normalize(n, x, mean, variance(x, mean, axes));
  }

  private static ConstantTensor mean(ConstantTensor x, int... axes) {
    return Folding.reduce(x, axes, true, 0, Double::sum, true);
  }

  private static ConstantTensor variance(ConstantTensor x, ConstantTensor mean, int... axes) {
    ConstantTensor apart = Folding.both(x.type(), x, mean, (v, m) -> (v - m) * (v - m));
    return mean(apart, axes);
  }

  private static void normalize(
      OnnxNode n, ConstantTensor x, ConstantTensor mean, ConstantTensor variance) {
    double eps = n.attributes().real("epsilon", 1e-5f);
    ConstantTensor unit =
        Folding.both(
            x.type(),
            Folding.both(x.type(), x, mean, (v, m) -> v - m),
            variance,
            (v, s) -> v / Math.sqrt(s + eps));
    ConstantTensor scaled =
        Folding.both(x.type(), unit, channels(n.constant(1), x.rank()), (v, g) -> v * g);
    n.define(Folding.both(x.type(), scaled, channels(n.constant(2), x.rank()), Double::sum));
  }

  /** A vector of channels as a tensor with other dimensions of size 1. */
  private static ConstantTensor channels(ConstantTensor vector, int rank) {
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    shape[1] = vector.size();
    return vector.reshaped(shape);
  }
}
