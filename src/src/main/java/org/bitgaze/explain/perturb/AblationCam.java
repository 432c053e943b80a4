package org.bitgaze.explain.perturb;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bitgaze.image.Heatmap;

/**
 * Weighs channels by the drop of the score without them (Desai and Ramaswamy 2020): w_k = (S_0 -
 * S_k) / |S_0|, where S_k is the score with channel k set to zero; relu(sum_k w_k A_k). The
 * original divides by S_0, which turns every weight round where the score is negative.
 */
record AblationCam() implements ForwardMethod {
  /** A score below this divides as 1. */
  private static final double SMALL = 1e-6;

  @Override
  public Heatmap map(ExplainedInput input) {
    TargetState target = input.network().target(input.input());
    return target
        .activations()
        .rectifiedSum(weights(target, input.explained(), input.network().batchSize()));
  }

  /**
   * Weighs the channels.
   *
   * @param batchSize how many runs' outputs are in memory
   * @return w of each channel
   */
  static double[] weights(TargetState target, Explained explained, int batchSize) {
    double[] scores = new double[target.activations().channels() + 1];
    for (int start = 0; start < scores.length; start += batchSize) {
      int end = Math.min(start + batchSize, scores.length);
      // The first run is without no channel.
      int[] without = IntStream.range(start - 1, end - 1).toArray();
      List<float[]> outputs = target.outputsWithout(without);
      for (int i = start; i < end; i++) {
        scores[i] = explained.score(outputs.get(i - start));
      }
    }
    double whole = scores[0];
    double divisor = Math.abs(whole) < SMALL ? 1 : Math.abs(whole);
    return Arrays.stream(scores).skip(1).map(score -> (whole - score) / divisor).toArray();
  }
}
