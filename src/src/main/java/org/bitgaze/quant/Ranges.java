package org.bitgaze.quant;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bitgaze.quant.Precision.IntegerRange;

/**
 * The ranges of a network's activations.
 *
 * @param points quantization point to range, sorted by point; empty if ranges depend on the number
 *     of bits
 * @param byBits number of bits to quantization point to range; empty unless ranges depend on the
 *     number of bits, see {@link RangeMode#isPerBits}
 */
public record Ranges(Map<String, Range> points, Map<Integer, Map<String, Range>> byBits)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Copies the maps. */
  public Ranges {
    points = sorted(points);
    TreeMap<Integer, Map<String, Range>> copies = new TreeMap<>();
    byBits.forEach((bits, ranges) -> copies.put(bits, sorted(ranges)));
    byBits = Collections.unmodifiableSortedMap(copies);
  }

  /**
   * Creates ranges for any number of bits.
   *
   * @param points quantization point to range
   */
  public Ranges(Map<String, Range> points) {
    this(points, Map.of());
  }

  private static SortedMap<String, Range> sorted(Map<String, Range> points) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(points));
  }

  /**
   * Finds the range of a point.
   *
   * @param network the network's name, for the message
   * @param point the quantization point
   * @param integers the integers that a value may become
   * @return its range
   * @throws IllegalArgumentException if it has no range
   */
  public Range get(String network, String point, IntegerRange integers) {
    if (byBits.isEmpty()) {
      return get(network, point);
    }
    int bits = RangeRule.bits(integers);
    if (!byBits.containsKey(bits)) {
      throw new IllegalArgumentException(
          "%s: ranges were calibrated for activations of %s bits, not %d"
              .formatted(network, byBits.keySet(), bits));
    }
    return found(byBits.get(bits), network, point);
  }

  /**
   * Finds the range of a point at any number of bits.
   *
   * @param network the network's name, for the message
   * @param point the quantization point
   * @return its range
   * @throws IllegalArgumentException if it has no range
   */
  public Range get(String network, String point) {
    return found(points, network, point);
  }

  private static Range found(Map<String, Range> ranges, String network, String point) {
    Range range = ranges.get(point);
    if (range == null) {
      throw new IllegalArgumentException(network + ": no range was calibrated for '" + point + "'");
    }
    return range;
  }
}
