package org.bitgaze.onnx.file;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A tensor that is known when the network is compiled. Elements are computed when they are read:
 * weights stay in their file, and quantized weights stay integers, until a program is written.
 *
 * @param type of the elements
 * @param shape sizes, outermost first; empty for a scalar
 * @param elements index to element, each exact in double precision
 * @param work the number of computations per element; a constant that is an operand twice counts
 *     twice
 */
public record ConstantTensor(
    ElementType type, int[] shape, IntToDoubleFunction elements, int work) {
  /** No network needs more; a file that does would exhaust the stack, or time. */
  private static final int MAX_WORK = 32;

  /** Shape arithmetic and parameters of channels are computed at once, and cost no work again. */
  private static final int SMALL = 1 << 10;

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is too large, or an element takes too much work
   */
  public ConstantTensor {
    size(shape);
    if (work > MAX_WORK) {
      throw new IllegalArgumentException("is the last of " + work + " computations on a constant");
    }
  }

  /**
   * Creates a constant from stored elements.
   *
   * @param type of the elements
   * @param shape sizes
   * @param elements index to element
   * @return the constant
   */
  public static ConstantTensor stored(ElementType type, int[] shape, IntToDoubleFunction elements) {
    return new ConstantTensor(type, shape, elements, 0);
  }

  /**
   * Creates a constant from elements in memory.
   *
   * @param type of the elements
   * @param shape sizes
   * @param data the elements
   * @return the constant
   */
  public static ConstantTensor of(ElementType type, int[] shape, double... data) {
    return stored(type, shape, i -> data[i]);
  }

  /**
   * Creates a vector of integers.
   *
   * @param values the elements
   * @return the constant, of type INT64
   */
  public static ConstantTensor integers(int... values) {
    return stored(ElementType.INT64, new int[] {values.length}, i -> values[i]);
  }

  /**
   * Creates a constant whose elements are computed from this constant's.
   *
   * @param of type of the elements
   * @param sizes its shape
   * @param values index to element
   * @return the constant
   */
  public ConstantTensor computed(ElementType of, int[] sizes, IntToDoubleFunction values) {
    return computed(of, sizes, values, work + 1);
  }

  /**
   * Creates a constant whose elements are computed: at once, if they are few.
   *
   * @param of type of the elements
   * @param sizes its shape
   * @param values index to element
   * @param work the number of computations per element
   * @return the constant
   */
  public static ConstantTensor computed(
      ElementType of, int[] sizes, IntToDoubleFunction values, int work) {
    ConstantTensor lazy = new ConstantTensor(of, sizes, values, work);
    return lazy.size() > SMALL
        ? lazy
        : ConstantTensor.of(
            of, sizes, IntStream.range(0, lazy.size()).mapToDouble(values).toArray());
  }

  /**
   * Returns the same elements with other sizes.
   *
   * @param sizes the new shape
   * @return the constant
   * @throws IllegalArgumentException if it has another number of elements
   */
  public ConstantTensor reshaped(int... sizes) {
    if (size(sizes) != size()) {
      throw new IllegalArgumentException(
          "makes " + Arrays.toString(sizes) + " of " + Arrays.toString(shape));
    }
    return new ConstantTensor(type, sizes, elements, work);
  }

  /** {@return the number of dimensions} */
  public int rank() {
    return shape.length;
  }

  /** {@return the number of elements} */
  public int size() {
    return size(shape);
  }

  /**
   * Counts the elements of a shape.
   *
   * @param shape sizes
   * @return their product
   * @throws IllegalArgumentException if a size is negative, or the product is too large
   */
  public static int size(int[] shape) {
    long size = 1;
    for (int d : shape) {
      size = d < 0 ? -1 : size * d;
      if (size < 0 || size > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException("cannot have the shape " + Arrays.toString(shape));
      }
    }
    return (int) size;
  }

  /**
   * Returns an element.
   *
   * @param i its index in row-major order
   * @return the element
   * @throws IllegalArgumentException if there is no such element
   */
  public double at(int i) {
    if (i < 0 || i >= size()) {
      throw new IllegalArgumentException("takes element " + i + " of " + size());
    }
    return elements.applyAsDouble(i);
  }

  /**
   * Returns all elements as integers, those beyond the range of int as its bounds.
   *
   * @return at most 65,536 numbers
   * @throws IllegalArgumentException if there are more
   */
  public int[] ints() {
    if (size() > 1 << 16) {
      throw new IllegalArgumentException("takes " + size() + " numbers where a few are expected");
    }
    return IntStream.range(0, size())
        .map(i -> (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, at(i))))
        .toArray();
  }

  /** {@return all elements in float32} */
  public float[] floats() {
    float[] out = new float[size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) elements.applyAsDouble(i);
    }
    return out;
  }

  /**
   * Returns the only element.
   *
   * @param what its meaning, for messages
   * @return the element
   * @throws IllegalArgumentException if there are several, or none
   */
  public double scalar(String what) {
    if (size() != 1) {
      throw new IllegalArgumentException(
          what + " has the shape " + Arrays.toString(shape) + " where one number is expected");
    }
    return at(0);
  }
}
