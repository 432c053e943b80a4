package org.bitgaze.network.op;

import java.util.Arrays;

/** Two tensors of as many dimensions, of which a size of 1 stands for all of the other's. */
final class Elementwise {
  private Elementwise() {}

  /**
   * Infers the shape that both become.
   *
   * @throws IllegalArgumentException if they do not fit, saying what is done to which shapes
   */
  static int[] shape(String does, int[] x, int[] y) {
    int[] out = x.clone();
    for (int i = 0; i < out.length; i++) {
      if (x.length != y.length || (x[i] != y[i] && x[i] != 1 && y[i] != 1)) {
        throw new IllegalArgumentException(
            does + " " + Arrays.toString(x) + " and " + Arrays.toString(y));
      }
      out[i] = Math.max(x[i], y[i]);
    }
    return out;
  }
}
