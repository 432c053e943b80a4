package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;

/** Arithmetic on constants, element by element. */
final class Folding {
  /** Elements that are read at once; the largest weight of VGG16 has 103 million. */
  private static final int MAX_REDUCED = 1 << 27;

  /** A position bias of 577 tokens has 332,929. */
  private static final int MAX_INDICES = 1 << 20;

  private Folding() {}

  /** The common shape of two operands, aligned at the last dimension. */
  static int[] broadcast(int[] a, int[] b) {
    int rank = Math.max(a.length, b.length);
    int[] out = new int[rank];
    for (int i = 0; i < rank; i++) {
      int x = i < rank - a.length ? 1 : a[i - rank + a.length];
      int y = i < rank - b.length ? 1 : b[i - rank + b.length];
      if (x != y && x != 1 && y != 1) {
        throw new IllegalArgumentException(
            "has constants of " + Arrays.toString(a) + " and " + Arrays.toString(b));
      }
      out[i] = x == 1 ? y : x;
    }
    ConstantTensor.size(out);
    return out;
  }

  /** A constant repeated along dimensions of size 1, without computing anything. */
  static ConstantTensor expand(ConstantTensor c, int[] shape) {
    if (Arrays.equals(c.shape(), shape)) {
      return c;
    }
    if (c.size() == 1) {
      double value = c.at(0);
      return ConstantTensor.stored(c.type(), shape, i -> value);
    }
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int i = c.rank() - 1; i >= 0; i--) {
      int at = i + shape.length - c.rank();
      strides[at] = c.shape()[i] == 1 ? 0 : stride;
      stride *= c.shape()[i];
    }
    return indexed(c, shape, strides, 0);
  }

  /** Elements at index offset + sum of coordinate times stride. */
  private static ConstantTensor indexed(ConstantTensor c, int[] shape, int[] strides, int offset) {
    return new ConstantTensor(
        c.type(),
        shape,
        index -> {
          int rest = index;
          int at = offset;
          for (int i = shape.length - 1; i >= 0; i--) {
            at += rest % shape[i] * strides[i];
            rest /= shape[i];
          }
          return c.elements().applyAsDouble(at);
        },
        c.work() + 1);
  }

  /** A value as a type stores it: float32 is rounded, integers are as they are. */
  static double as(ElementType type, double value) {
    return type.isReal() && type != ElementType.DOUBLE ? (float) value : value;
  }

  /** Two operands, element by element, with broadcasting. */
  static ConstantTensor both(
      ElementType type, ConstantTensor a, ConstantTensor b, DoubleBinaryOperator f) {
    int[] shape = broadcast(a.shape(), b.shape());
    ConstantTensor x = expand(a, shape);
    ConstantTensor y = expand(b, shape);
    return ConstantTensor.computed(
        type,
        shape,
        i ->
            as(type, f.applyAsDouble(x.elements().applyAsDouble(i), y.elements().applyAsDouble(i))),
        x.work() + y.work() + 1);
  }

  /** A function of each element. */
  static ConstantTensor each(ConstantTensor c, DoubleUnaryOperator f) {
    ElementType type = c.type();
    return c.computed(
        type, c.shape(), i -> as(type, f.applyAsDouble(c.elements().applyAsDouble(i))));
  }

  /** The dimensions in another order. */
  static ConstantTensor transpose(ConstantTensor c, int... order) {
    int[] shape = new int[c.rank()];
    int[] strides = new int[c.rank()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = c.shape()[order[i]];
      strides[i] = 1;
      for (int j = order[i] + 1; j < shape.length; j++) {
        strides[i] *= c.shape()[j];
      }
    }
    return IntStream.range(0, order.length).allMatch(i -> order[i] == i)
        ? c
        : indexed(c, shape, strides, 0);
  }

  /** Slices along an axis, given by indices that lie within it; the axis goes if it is a scalar. */
  static ConstantTensor gather(ConstantTensor c, int axis, ConstantTensor indices) {
    int size = c.shape()[axis];
    int inner = inner(c, axis);
    if (indices.size() > MAX_INDICES) {
      throw new IllegalArgumentException("takes " + indices.size() + " elements of a constant");
    }
    int[] at = new int[indices.size()];
    for (int i = 0; i < at.length; i++) {
      double index = indices.at(i);
      if (!(index >= -size && index < size)) {
        throw new IllegalArgumentException("takes element " + (long) index + " of " + size);
      }
      at[i] = Math.floorMod((int) index, size);
    }
    int[] shape =
        IntStream.concat(
                IntStream.concat(Arrays.stream(c.shape(), 0, axis), Arrays.stream(indices.shape())),
                Arrays.stream(c.shape(), axis + 1, c.rank()))
            .toArray();
    return c.computed(
        c.type(),
        shape,
        i -> {
          int outer = i / inner / at.length;
          return c.elements()
              .applyAsDouble((outer * size + at[i / inner % at.length]) * inner + i % inner);
        });
  }

  private static int inner(ConstantTensor c, int axis) {
    return Arrays.stream(c.shape(), axis + 1, c.rank()).reduce(1, (a, b) -> a * b);
  }

  /** Constants side by side along an axis. */
  static ConstantTensor concat(List<ConstantTensor> parts, int axis) {
    ConstantTensor first = parts.get(0);
    int[] shape = first.shape().clone();
    shape[axis] = 0;
    int work = 0;
    int[] starts = new int[parts.size()];
    for (int k = 0; k < parts.size(); k++) {
      ConstantTensor part = parts.get(k);
      int[] rest = part.shape().clone();
      boolean fits = rest.length == shape.length && part.type() == first.type();
      if (fits) {
        rest[axis] = first.shape()[axis];
      }
      if (!fits || !Arrays.equals(rest, first.shape())) {
        throw new IllegalArgumentException(
            "joins constants of " + part.type() + " " + Arrays.toString(part.shape()));
      }
      starts[k] = shape[axis];
      shape[axis] = Math.addExact(shape[axis], part.shape()[axis]);
      work = Math.max(work, part.work());
    }
    int inner = inner(first, axis);
    int whole = shape[axis];
    return ConstantTensor.computed(
        first.type(),
        shape,
        i -> {
          int at = i / inner % whole;
          int k = Arrays.binarySearch(starts, at);
          k = k < 0 ? -k - 2 : k;
          while (k + 1 < starts.length && starts[k + 1] == at) {
            k++;
          }
          ConstantTensor part = parts.get(k);
          int outer = i / inner / whole;
          return part.elements()
              .applyAsDouble((outer * part.shape()[axis] + at - starts[k]) * inner + i % inner);
        },
        work + 1);
  }

  /**
   * Takes every {@code step}-th slice along an axis.
   *
   * @param from the first, from the end if negative; one beyond the axis is its nearest
   * @param to the first that is not taken, likewise
   * @param step to the next, backwards if negative
   */
  static ConstantTensor slice(ConstantTensor c, int axis, int from, int to, int step) {
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
    int within = inner(c, at);
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

  /** Combines the elements along some axes, in double precision. */
  static ConstantTensor reduce(
      ConstantTensor c,
      int[] axes,
      boolean keep,
      double start,
      DoubleBinaryOperator f,
      boolean mean) {
    if (c.size() > MAX_REDUCED) {
      throw new IllegalArgumentException("reduces a constant of " + c.size() + " elements");
    }
    boolean[] gone = new boolean[c.rank()];
    int count = 1;
    for (int axis : axes) {
      gone[axis] = true;
      count *= c.shape()[axis];
    }
    int[] kept =
        IntStream.range(0, c.rank())
            .filter(i -> keep || !gone[i])
            .map(i -> gone[i] ? 1 : c.shape()[i])
            .toArray();
    int[] strides = new int[c.rank()];
    int stride = 1;
    for (int i = c.rank() - 1; i >= 0; i--) {
      strides[i] = gone[i] ? 0 : stride;
      stride *= gone[i] ? 1 : c.shape()[i];
    }
    double[] out = new double[stride];
    Arrays.fill(out, start);
    for (int index = 0; index < c.size(); index++) {
      int rest = index;
      int at = 0;
      for (int i = c.rank() - 1; i >= 0; i--) {
        at += rest % c.shape()[i] * strides[i];
        rest /= c.shape()[i];
      }
      out[at] = f.applyAsDouble(out[at], c.elements().applyAsDouble(index));
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = as(c.type(), mean ? out[i] / count : out[i]);
    }
    return ConstantTensor.of(c.type(), kept, out);
  }

  /** Real numbers of integers: (q - zero point) scale, in float32. */
  static ConstantTensor dequantize(ConstantTensor q, Scales scales) {
    scales.requireDeadChannels(q);
    return q.computed(
        ElementType.FLOAT,
        q.shape(),
        i ->
            (float) (q.elements().applyAsDouble(i) - scales.zeroPoint(i))
                * (float) scales.scale(i));
  }

  /** Integers of real numbers: round(x / scale) + zero point, to even, saturated. */
  static ConstantTensor quantize(ConstantTensor x, Scales scales, ElementType type) {
    int low = type.isUnsigned() ? 0 : -(1 << (type.bits() - 1));
    int high = low + (1 << type.bits()) - 1;
    scales.requireDeadChannels(x);
    return x.computed(
        type,
        x.shape(),
        i -> {
          float value = (float) x.elements().applyAsDouble(i);
          float steps = value == 0 ? 0 : value / (float) scales.scale(i);
          return Math.max(low, Math.min(high, Math.rint(steps) + scales.zeroPoint(i)));
        });
  }
}
