package org.bitgaze.metric;

import org.bitgaze.image.Heatmap;

/**
 * How alike two maps are, by three of the MIT saliency benchmark's measures (Bylinskii et al. 2018,
 * "What do different evaluation metrics tell us about saliency models?"). A constant or all-zero
 * map has no correlation and no distribution: the comparison is then degenerate and has no values.
 *
 * @param sim similarity: sum of min(P, Q); in [0, 1], 1 for equal maps
 * @param cc Pearson's correlation coefficient; in [-1, 1]
 * @param kld Kullback-Leibler divergence sum Q log(eps + Q / (P + eps)) with eps = 2^-52, Q the
 *     reference; 0 for equal maps
 * @param degenerate why there are no values (they are NaN then), or null
 */
public record MapComparison(double sim, double cc, double kld, String degenerate) {
  private static final double EPS = Math.ulp(1.0);

  /**
   * Compares a map with a reference. Both are resampled to 224 x 224 (bilinear) and divided by
   * their sum; the measures do not depend on the maps' units.
   *
   * @param map the map P, not negative
   * @param reference the map Q, not negative
   * @return the measures, or why there are none
   */
  public static MapComparison of(Heatmap map, Heatmap reference) {
    return of(MapDistribution.of(map), MapDistribution.of(reference));
  }

  /**
   * Compares distributions, each made once however often it is compared.
   *
   * @param map the distribution P
   * @param reference the distribution Q
   * @return the measures, or why there are none
   */
  public static MapComparison of(MapDistribution map, MapDistribution reference) {
    if (map.problem() != null || reference.problem() != null) {
      String what =
          map.problem() != null ? "map: " + map.problem() : "reference: " + reference.problem();
      return new MapComparison(Double.NaN, Double.NaN, Double.NaN, what);
    }
    double[] p = map.values();
    double[] q = reference.values();
    double mean = 1.0 / p.length;
    double sim = 0;
    double kld = 0;
    double pq = 0;
    double pp = 0;
    double qq = 0;
    for (int i = 0; i < p.length; i++) {
      sim += Math.min(p[i], q[i]);
      kld += q[i] * Math.log(EPS + q[i] / (p[i] + EPS));
      double dp = p[i] - mean;
      double dq = q[i] - mean;
      pq += dp * dq;
      pp += dp * dp;
      qq += dq * dq;
    }
    return new MapComparison(sim, pq / Math.sqrt(pp * qq), kld, null);
  }
}
