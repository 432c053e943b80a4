package org.bitgaze.explain.perturb;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageSize;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.ScaledMap;

/**
 * Weighs channels by the score of the image seen through them (Wang et al. 2020). Channel k, put on
 * the image's grid and scaled to [0, 1], is H_k; the weights are the softmax over S(x H_k);
 * relu(sum_k w_k A_k).
 *
 * @param channels how many are taken: those with the largest means, without those that are constant
 */
record ScoreCam(int channels) implements ForwardMethod {

  @Override
  public Heatmap map(ExplainedInput input) {
    Activations a = input.network().target(input.input()).activations();
    int[] taken = strongest(a);
    ImageSize size = input.network().size();
    double[] scores =
        input.scores(
            taken.length, i -> Rise.masked(input.input(), scaled(a.channel(taken[i]), size)));
    double max = IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).max().orElse(0);
    double sum =
        IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i] - max)).sum();
    double[] weights = new double[a.channels()];
    for (int i = 0; i < taken.length; i++) {
      weights[taken[i]] = Math.exp(scores[i] - max) / sum;
    }
    return a.rectifiedSum(weights);
  }

  /** The channels with the largest means; of equal ones, the first. */
  int[] strongest(Activations a) {
    double[] means = new double[a.channels()];
    for (int k = 0; k < means.length; k++) {
      for (int i = 0; i < a.positions(); i++) {
        means[k] += a.values()[k * a.positions() + i];
      }
      means[k] /= a.positions();
    }
    return IntStream.range(0, means.length)
        .filter(k -> ScaledMap.of(a.channel(k)).status() == MapStatus.OK)
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -means[k]))
        .limit(channels)
        .mapToInt(k -> k)
        .toArray();
  }

  private static float[] scaled(Heatmap channel, ImageSize size) {
    double[] grid = channel.resample(size.height(), size.width());
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double v : grid) {
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    float[] scaled = new float[grid.length];
    for (int i = 0; i < scaled.length && high > low; i++) {
      scaled[i] = (float) ((grid[i] - low) / (high - low));
    }
    return scaled;
  }
}
