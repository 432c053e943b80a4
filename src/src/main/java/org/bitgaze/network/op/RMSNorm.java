package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;

/**
 * Normalization by the root mean square of the last dimension (Zhang and Sennrich 2019), as {@code
 * torch.nn.RMSNorm}: x / sqrt(mean(x^2) + eps) * weight.
 *
 * @param features size of the last dimension
 * @param eps added to the mean square
 */
public record RMSNorm(int features, double eps) implements Op {
  @Override
  public Map<String, int[]> parameters() {
    return Map.of("weight", new int[] {features});
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Linear.requireFeatures(inputs.get(0), features);
  }

  @Override
  public String torchScript(Script script) {
    return Script.call(
        "rms_norm", script.input(), List.of(features), script.parameter("weight"), eps);
  }
}
