package org.bitgaze.onnx.ops;

import java.util.stream.IntStream;
import org.bitgaze.onnx.file.ConstantTensor;

/**
 * Computes constants once, and keeps their elements in memory, up to a limit for a file. Weights
 * are larger, or need one or two computations; they are computed when a program is written.
 */
final class Settled {
  /** Elements of one constant; a window's mask or position bias has some 300,000. */
  private static final int MAX_ELEMENTS = 1 << 20;

  /** Elements of all constants, in double precision 256 MiB. */
  private static final long MAX_ALL_ELEMENTS = 1L << 25;

  /** Chains of computations that are shorter are left to whoever reads them. */
  private static final int MIN_WORK = 4;

  private long elements;

  /**
   * Counts the elements of an array that is about to be made.
   *
   * @throws IllegalArgumentException if the arrays of a file would be too large
   */
  void reserve(long count) {
    elements += count;
    if (elements > MAX_ALL_ELEMENTS) {
      throw new IllegalArgumentException(
          "makes, with those before it, constants of " + elements + " elements: too many");
    }
  }

  /** Returns a constant whose elements are in memory, if they fit. */
  ConstantTensor of(ConstantTensor c) {
    if (c.work() < MIN_WORK || c.size() > MAX_ELEMENTS || elements + c.size() > MAX_ALL_ELEMENTS) {
      return c;
    }
    elements += c.size();
    return ConstantTensor.of(
        c.type(), c.shape(), IntStream.range(0, c.size()).mapToDouble(c.elements()).toArray());
  }
}
