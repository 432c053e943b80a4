package org.bitgaze.metric;

import org.bitgaze.image.Heatmap;

/**
 * A map made comparable: resampled to the comparison grid and divided by its sum.
 *
 * @param values the distribution over the grid's pixels: not negative, of sum 1; null if degenerate
 * @param problem why the map has no distribution, or null if it has one
 */
record MapDistribution(double[] values, String problem) {

  /** Grid on which maps are compared: the side of the image that the network sees. */
  static final int GRID = 224;

  static MapDistribution of(Heatmap map) {
    float[] grid = map.resize(GRID, GRID).values();
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float v : grid) {
      if (!Float.isFinite(v)) {
        return new MapDistribution(null, "not finite");
      }
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    if (min < 0) {
      return new MapDistribution(null, "negative");
    }
    if (max == min) {
      return new MapDistribution(null, max == 0 ? "all zero" : "constant");
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
