package org.bitgaze.quant;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ranges of a network's activations.
 *
 * @param points quantization point to range, sorted by point
 */
public record Ranges(Map<String, Range> points) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Copies the map. */
  public Ranges {
    points = Collections.unmodifiableSortedMap(new TreeMap<>(points));
  }

  /**
   * Finds a point's range.
   *
   * @param network the network's name, for the message
   * @param point the quantization point
   * @return its range
   * @throws IllegalArgumentException if it has no range
   */
  public Range get(String network, String point) {
    Range range = points.get(point);
    if (range == null) {
      throw new IllegalArgumentException(network + ": no range was calibrated for '" + point + "'");
    }
    return range;
  }
}
