package org.bitgaze.onnx;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A tensor that is known when the network is compiled. Elements are computed when they are read, so
 * that weights stay in their file, and quantized ones stay integers, until a program is written.
 *
 * @param type of the elements
 * @param shape sizes, outermost first; empty for a scalar
 * @param elements index to element, all exact in double precision
 * @param work how many computations an element takes; a constant that is an operand twice counts
 *     twice
 */
record Constant(ElementType type, int[] shape, IntToDoubleFunction elements, int work)
    implements Operand {
  /** More are no weights but a file that wants to exhaust the stack, or time. */
  private static final int MOST_WORK = 32;

  /** Shape arithmetic and parameters of channels are computed at once, and take no work again. */
  private static final int SMALL = 1 << 10;

  Constant {
    size(shape);
    if (work > MOST_WORK) {
      throw new IllegalArgumentException("is the last of " + work + " computations on a constant");
    }
  }

  /** Elements that are stored. */
  static Constant stored(ElementType type, int[] shape, IntToDoubleFunction elements) {
    return new Constant(type, shape, elements, 0);
  }

  /** Elements in memory. */
  static Constant of(ElementType type, int[] shape, double... data) {
    return stored(type, shape, i -> data[i]);
  }

  /** A vector of integers. */
  static Constant integers(int... values) {
    return stored(ElementType.INT64, new int[] {values.length}, i -> values[i]);
  }

  /** Elements that are computed from this constant's. */
  Constant computed(ElementType of, int[] sizes, IntToDoubleFunction values) {
    return computed(of, sizes, values, work + 1);
  }

  /** Elements that are computed with so much work each: at once, if they are few. */
  static Constant computed(ElementType of, int[] sizes, IntToDoubleFunction values, int work) {
    Constant lazy = new Constant(of, sizes, values, work);
    return lazy.size() > SMALL
        ? lazy
        : Constant.of(of, sizes, IntStream.range(0, lazy.size()).mapToDouble(values).toArray());
  }

  /** The same elements with other sizes. */
  Constant reshaped(int... sizes) {
    if (size(sizes) != size()) {
      throw new IllegalArgumentException(
          "makes " + Arrays.toString(sizes) + " of " + Arrays.toString(shape));
    }
    return new Constant(type, sizes, elements, work);
  }

  int rank() {
    return shape.length;
  }

  int size() {
    return size(shape);
  }

  /**
   * The number of elements.
   *
   * @throws IllegalArgumentException if a size is negative or there are too many
   */
  static int size(int[] shape) {
    long size = 1;
    for (int d : shape) {
      size = d < 0 ? -1 : size * d;
      if (size < 0 || size > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException("cannot have the shape " + Arrays.toString(shape));
      }
    }
    return (int) size;
  }

  double at(int i) {
    if (i < 0 || i >= size()) {
      throw new IllegalArgumentException("takes element " + i + " of " + size());
    }
    return elements.applyAsDouble(i);
  }

  /** Elements as integers; those of a small tensor. */
  int[] ints() {
    if (size() > 1 << 16) {
      throw new IllegalArgumentException("takes " + size() + " numbers where a few are expected");
    }
    return IntStream.range(0, size())
        .map(i -> (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, at(i))))
        .toArray();
  }

  /** All elements in float32. */
  float[] floats() {
    float[] out = new float[size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) elements.applyAsDouble(i);
    }
    return out;
  }

  /** The only element. */
  double scalar(String what) {
    if (size() != 1) {
      throw new IllegalArgumentException(
          what + " has the shape " + Arrays.toString(shape) + " where one number is expected");
    }
    return at(0);
  }
}
