package org.bitgaze.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** Arithmetic on constants, done when the network is compiled, element by element. */
final class Folding {
  /** Shapes are short; weights are not joined. */
  private static final int MOST_JOINED = 1 << 12;

  private Folding() {}

  /** Element-wise, a scalar or a vector of one element standing for all. */
  static Constant elementwise(String op, Constant a, Constant b) {
    boolean whole = !a.type().isReal();
    if (b.type().isReal() == whole) {
      throw new IllegalArgumentException("mixes " + a.type() + " and " + b.type());
    }
    DoubleBinaryOperator f =
        switch (op) {
          case "Add" -> Double::sum;
          case "Sub" -> (x, y) -> x - y;
          case "Mul" -> (x, y) -> x * y;
          default -> (x, y) -> whole ? (long) x / (long) y : x / y;
        };
    // What has one element takes the other's shape; missing dimensions are 1, in front.
    int[] larger = (a.size() == 1 ? b : a).shape();
    int rank = Math.max(a.rank(), b.rank());
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    System.arraycopy(larger, 0, shape, rank - larger.length, larger.length);
    if (a.size() != 1 && b.size() != 1 && !Arrays.equals(a.shape(), b.shape())) {
      throw new IllegalArgumentException(
          "has constants of " + Arrays.toString(a.shape()) + " and " + Arrays.toString(b.shape()));
    }
    if (whole && op.equals("Div")) {
      for (int divisor : b.ints()) {
        if (divisor == 0) {
          throw new IllegalArgumentException("divides by 0");
        }
      }
    }
    boolean single = a.type() == ElementType.FLOAT;
    return Constant.computed(
        a.type(),
        shape,
        i -> {
          double r =
              f.applyAsDouble(
                  a.elements().applyAsDouble(a.size() == 1 ? 0 : i),
                  b.elements().applyAsDouble(b.size() == 1 ? 0 : i));
          return single ? (float) r : r;
        },
        a.work() + b.work() + 1);
  }

  /** Elements of a vector. */
  static Constant gather(Constant vector, Constant indices) {
    if (vector.rank() != 1) {
      throw new IllegalArgumentException("takes from " + Arrays.toString(vector.shape()));
    }
    int[] at = indices.ints();
    if (at.length > MOST_JOINED) {
      throw new IllegalArgumentException("takes more than " + MOST_JOINED + " elements");
    }
    double[] out = new double[at.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = vector.at(at[i] < 0 ? at[i] + vector.size() : at[i]);
    }
    return Constant.of(vector.type(), indices.shape(), out);
  }

  /** Vectors one behind the other. */
  static Constant concat(List<Constant> parts) {
    List<Double> all = new ArrayList<>();
    if (parts.stream().mapToLong(Constant::size).sum() > MOST_JOINED) {
      throw new IllegalArgumentException(
          "joins constants of more than " + MOST_JOINED + " elements");
    }
    for (Constant part : parts) {
      if (part.rank() != 1 || part.type() != parts.get(0).type()) {
        throw new IllegalArgumentException(
            "joins constants of " + part.type() + " " + Arrays.toString(part.shape()));
      }
      for (int i = 0; i < part.size(); i++) {
        all.add(part.at(i));
      }
    }
    double[] data = all.stream().mapToDouble(Double::doubleValue).toArray();
    return Constant.of(parts.get(0).type(), new int[] {data.length}, data);
  }

  /**
   * Every so many-th part along an axis.
   *
   * @param from the first, from the end if negative; one beyond the axis is its nearest
   * @param to the first that is not taken, likewise
   * @param step to the next, backwards if negative
   */
  static Constant slice(Constant c, int axis, int from, int to, int step) {
    int at = axis < 0 ? axis + c.rank() : axis;
    if (at < 0 || at >= c.rank() || step == 0) {
      throw new IllegalArgumentException(
          "of " + Arrays.toString(c.shape()) + " by axis " + axis + " in steps of " + step);
    }
    int size = c.shape()[at];
    // Backwards the end may lie before the first.
    int least = step < 0 ? -1 : 0;
    long start = Math.max(0, Math.min(size + least, from < 0 ? (long) from + size : from));
    long end = Math.max(least, Math.min(size + least, to < 0 ? (long) to + size : to));
    long count = Math.max(0, (end - start + step - Integer.signum(step)) / step);
    int[] shape = c.shape().clone();
    shape[at] = Math.toIntExact(count);
    int inner = 1;
    for (int i = at + 1; i < c.rank(); i++) {
      inner *= c.shape()[i];
    }
    int within = inner;
    return c.computed(
        c.type(),
        shape,
        i -> {
          int outer = i / within / shape[at];
          long part = start + (long) (i / within % shape[at]) * step;
          return c.elements()
              .applyAsDouble((int) ((outer * (long) size + part) * within) + i % within);
        });
  }

  /** A matrix's columns as rows. */
  static Constant transpose(Constant matrix) {
    int rows = matrix.shape()[0];
    int columns = matrix.shape()[1];
    return matrix.computed(
        matrix.type(),
        new int[] {columns, rows},
        i -> matrix.elements().applyAsDouble(i % rows * columns + i / rows));
  }

  /** Real numbers of integers: (q - zero point) scale, in float32. */
  static Constant dequantize(Constant q, Scales scales) {
    return q.computed(
        ElementType.FLOAT,
        q.shape(),
        i ->
            (float) (q.elements().applyAsDouble(i) - scales.zeroPoint(i))
                * (float) scales.scale(i));
  }

  /** Integers of real numbers: round(x / scale) + zero point, to even, saturated. */
  static Constant quantize(Constant x, Scales scales, ElementType type) {
    int low = type.isUnsigned() ? 0 : -(1 << (type.bits() - 1));
    int high = low + (1 << type.bits()) - 1;
    return x.computed(
        type,
        x.shape(),
        i -> {
          float steps = (float) x.elements().applyAsDouble(i) / (float) scales.scale(i);
          return Math.max(low, Math.min(high, Math.rint(steps) + scales.zeroPoint(i)));
        });
  }
}
