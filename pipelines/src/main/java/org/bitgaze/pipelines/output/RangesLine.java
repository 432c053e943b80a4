package org.bitgaze.pipelines.output;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bitgaze.quant.Range;

/**
 * The calibrated ranges of one network.
 *
 * @param network torchvision's name
 * @param points quantization point to minimum and maximum of its activation
 */
public record RangesLine(String network, Map<String, double[]> points) {

  /**
   * Makes a line.
   *
   * @param network torchvision's name
   * @param ranges quantization point to range
   * @return the line, points in the order of their names
   */
  public static RangesLine of(String network, Map<String, Range> ranges) {
    Map<String, double[]> points = new LinkedHashMap<>();
    new TreeMap<>(ranges).forEach((p, r) -> points.put(p, new double[] {r.min(), r.max()}));
    return new RangesLine(network, points);
  }
}
