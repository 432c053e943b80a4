package org.bitgaze.explain.perturb;

import org.bitgaze.image.Heatmap;

/**
 * Shows the image through random masks m (Petsiuk et al. 2018). The map is sum_n p(x m_n) mean_n /
 * (N / 2), where p is the probability of the explained answer and mean_n the mask's mean over a
 * block of the map.
 *
 * @param masks N
 * @param byCoverage divides by the sum of mean_n instead of N / 2: with few masks, some places are
 *     seen more often than others
 */
record Rise(int masks, boolean byCoverage) implements ForwardMethod {

  @Override
  public Heatmap map(ExplainedInput input) {
    RiseMasks random = new RiseMasks(input.network().size());
    double[][] means = new double[masks][];
    double[] scores =
        input.probabilities(
            masks,
            n -> {
              float[] mask = random.mask(n);
              means[n] = random.blocks(mask);
              return masked(input.input(), mask);
            });
    float[] map = new float[RiseMasks.BLOCKS * RiseMasks.BLOCKS];
    for (int i = 0; i < map.length; i++) {
      double sum = 0;
      double seen = 0;
      for (int n = 0; n < masks; n++) {
        sum += scores[n] * means[n][i];
        seen += means[n][i];
      }
      double divisor = byCoverage ? seen : masks / 2.;
      map[i] = divisor == 0 ? 0 : (float) (sum / divisor);
    }
    return new Heatmap(RiseMasks.BLOCKS, RiseMasks.BLOCKS, map);
  }

  /** {@return the input seen through a mask, which all channels share} */
  static float[] masked(float[] input, float[] mask) {
    float[] masked = new float[input.length];
    for (int i = 0; i < masked.length; i++) {
      masked[i] = input[i] * mask[i % mask.length];
    }
    return masked;
  }
}
