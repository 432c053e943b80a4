package org.bitgaze.metric;

import org.bitgaze.image.Heatmap;

/**
 * Whether a map looks at the object that an image shows.
 *
 * @param pointing whether the map's first peak is on the object: the pointing game (Zhang et al.
 *     2016, "Top-down neural attention by excitation backprop"), without its tolerance of 15 pixels
 * @param energy share of the map's sum that is on the object: the energy-based pointing game (Wang
 *     et al. 2020, "Score-CAM"); in [0, 1]
 */
public record MaskAgreement(boolean pointing, double energy) {
  /** A pixel is the object's if at least half of it is. */
  private static final float THRESHOLD = 0.5f;

  /**
   * Compares a map with a mask.
   *
   * @param map a distribution on the comparison grid
   * @param mask the object, 0 to 1, of the same field of view at any resolution
   * @return the measures, or null if the map is degenerate or no pixel of the grid is the object's
   */
  public static MaskAgreement of(MapDistribution map, Heatmap mask) {
    if (map.problem() != null) {
      return null;
    }
    float[] object = mask.resize(MapDistribution.GRID, MapDistribution.GRID).values();
    double[] p = map.values();
    int peak = 0;
    double inside = 0;
    boolean any = false;
    for (int i = 0; i < p.length; i++) {
      if (p[i] > p[peak]) {
        peak = i;
      }
      if (object[i] >= THRESHOLD) {
        inside += p[i];
        any = true;
      }
    }
    return any ? new MaskAgreement(object[peak] >= THRESHOLD, Math.min(1, inside)) : null;
  }
}
