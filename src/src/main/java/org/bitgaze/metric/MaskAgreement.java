package org.bitgaze.metric;

import java.util.BitSet;
import org.bitgaze.image.Mask;

/**
 * Whether a map looks at the object that an image shows.
 *
 * @param pointing whether the map's first peak is on the object: the pointing game (Zhang et al.
 *     2016, "Top-down neural attention by excitation backprop"), without its tolerance of 15 pixels
 * @param energy share of the map's sum that is on the object: the energy-based pointing game (Wang
 *     et al. 2020, "Score-CAM"); in [0, 1]
 */
public record MaskAgreement(boolean pointing, double energy) {
  /**
   * Compares a map with a mask.
   *
   * @param map a distribution on the comparison grid
   * @param mask the object, on the same grid
   * @return the measures, or null if the map is degenerate or no pixel is the object's
   * @throws IllegalArgumentException if the mask has another size than the grid
   */
  public static MaskAgreement of(MapDistribution map, Mask mask) {
    if (mask.height() != MapDistribution.GRID || mask.width() != MapDistribution.GRID) {
      throw new IllegalArgumentException(
          "a mask of " + mask.width() + "x" + mask.height() + " is not on the comparison grid");
    }
    BitSet object = mask.bits();
    if (map.problem() != null || object.isEmpty()) {
      return null;
    }
    double[] p = map.values();
    int peak = 0;
    double inside = 0;
    for (int i = 0; i < p.length; i++) {
      if (p[i] > p[peak]) {
        peak = i;
      }
      inside += object.get(i) ? p[i] : 0;
    }
    return new MaskAgreement(object.get(peak), Math.min(1, inside));
  }
}
