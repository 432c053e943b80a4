package org.bitgaze.weights;

import java.util.Map;

/**
 * The parameters that a network needs.
 *
 * @param network what to call it in messages
 * @param shapes name to sizes; {@link #ANY} stands for a size that may differ, such as the number
 *     of classes
 */
public record WantedParameters(String network, Map<String, int[]> shapes) {
  /** Any size of a dimension. */
  public static final int ANY = -1;

  /** Tells whether a tensor has the shape that a parameter needs. */
  boolean fits(String parameter, int[] shape) {
    int[] wanted = shapes.get(parameter);
    boolean fits = wanted.length == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = wanted[i] == ANY || wanted[i] == shape[i];
    }
    return fits;
  }
}
