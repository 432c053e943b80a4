package org.bitgaze.network.op;

import java.util.Arrays;

/**
 * Broadcasting of two tensors of the same rank: where one has size 1, it is repeated to the other's
 * size.
 */
final class Broadcast {
  private Broadcast() {}

  /**
   * Checks that a tensor can be broadcast to the shape of another.
   *
   * @param verb what the operation does, for the message
   * @return the shape of {@code x}
   * @throws IllegalArgumentException if {@code y} does not fit, naming both shapes
   */
  static int[] onto(String verb, int[] x, int[] y) {
    if (!Arrays.equals(shape(verb, x, y), x)) {
      throw new IllegalArgumentException(
          verb + " " + Arrays.toString(x) + " and a larger " + Arrays.toString(y));
    }
    return x;
  }

  /**
   * Infers the shape of the result.
   *
   * @param verb what the operation does, for the message
   * @throws IllegalArgumentException if the shapes do not fit, naming both
   */
  static int[] shape(String verb, int[] x, int[] y) {
    int[] out = x.clone();
    for (int i = 0; i < out.length; i++) {
      if (x.length != y.length || (x[i] != y[i] && x[i] != 1 && y[i] != 1)) {
        throw new IllegalArgumentException(
            verb + " " + Arrays.toString(x) + " and " + Arrays.toString(y));
      }
      out[i] = Math.max(x[i], y[i]);
    }
    return out;
  }
}
