package org.bitgaze.explain.perturb;

import java.util.List;
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
    return target.activations().rectifiedSum(weights(target, input.explained()));
  }

  /** {@return w of each channel} */
  static double[] weights(TargetState target, int explained) {
    int[] channels = new int[target.activations().channels() + 1];
    for (int k = 0; k < channels.length; k++) {
      channels[k] = k - 1;
    }
    List<float[]> outputs = target.outputsWithout(channels);
    double whole = outputs.get(0)[explained];
    double divisor = Math.abs(whole) < SMALL ? 1 : Math.abs(whole);
    return outputs.stream().skip(1).mapToDouble(o -> (whole - o[explained]) / divisor).toArray();
  }
}
