package org.bitgaze.weights;

import java.util.Arrays;

/**
 * A dense float32 tensor in row-major (C) order.
 *
 * @param shape the sizes of the dimensions, outermost first; empty for a scalar
 * @param data the elements; exactly as many as the product of the shape
 */
public record Tensor(int[] shape, float[] data) {

  /**
   * Checks that shape and data agree.
   *
   * @throws IllegalArgumentException if the number of elements is not the product of the shape
   */
  public Tensor {
    if (elements(shape) != data.length) {
      throw new IllegalArgumentException(
          "a tensor of shape "
              + Arrays.toString(shape)
              + " has "
              + elements(shape)
              + " elements, not "
              + data.length);
    }
  }

  /**
   * Returns the number of elements of a tensor of this shape.
   *
   * @param shape the sizes of the dimensions
   * @return their product; 1 for a scalar
   * @throws ArithmeticException if it exceeds 63 bits
   */
  public static long elements(int[] shape) {
    long n = 1;
    for (int size : shape) {
      n = Math.multiplyExact(n, (long) size);
    }
    return n;
  }
}
