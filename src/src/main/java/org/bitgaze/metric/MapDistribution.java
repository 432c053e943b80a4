package org.bitgaze.metric;

import org.bitgaze.image.Heatmap;

/**
 * A map made comparable: resampled to the comparison grid and divided by its sum.
 *
 * @param values the distribution over the grid's pixels: not negative, of sum 1; null if degenerate
 * @param problem why the map has no distribution, or null if it has one
 */
public record MapDistribution(double[] values, String problem) {

  /** Grid on which maps are compared: the side of the image that the network sees. */
  public static final int GRID = 224;

  /**
   * Stands for a map that is not there.
   *
   * @param problem why
   * @return a degenerate distribution
   */
  public static MapDistribution missing(String problem) {
    return new MapDistribution(null, problem);
  }

  /**
   * Makes a map comparable.
   *
   * @param map the map, not negative
   * @return the distribution, or why there is none
   */
  public static MapDistribution of(Heatmap map) {
    float[] grid = map.resize(GRID, GRID).values();
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float v : grid) {
      if (!Float.isFinite(v)) {
        return new MapDistribution(null, "it is not finite");
      }
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    if (min < 0) {
      return new MapDistribution(null, "it is negative");
    }
    if (max == min) {
      return new MapDistribution(null, max == 0 ? "it is all zero" : "it is constant");
    }
    double[] p = new double[grid.length];
    double sum = 0;
    for (float v : grid) {
      sum += v;
    }
    for (int i = 0; i < p.length; i++) {
      p[i] = grid[i] / sum;
    }
    return new MapDistribution(p, null);
  }
}
