package org.bitgaze.network.op;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Normalization over the last dimension, as {@code torch.nn.LayerNorm}: (x - m) / sqrt(v + eps) *
 * weight + bias with mean m and biased variance v.
 *
 * @param features size of the last dimension
 * @param eps added to the variance
 */
public record LayerNorm(int features, double eps) implements Op {
  @Override
  public Map<String, int[]> parameters() {
    Map<String, int[]> p = new LinkedHashMap<>();
    p.put("weight", new int[] {features});
    p.put("bias", new int[] {features});
    return p;
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Linear.requireFeatures(inputs.get(0), features);
  }

  @Override
  public String torchScript(Script script) {
    return Script.call(
        "layer_norm",
        script.input(),
        List.of(features),
        script.parameter("weight"),
        script.parameter("bias"),
        eps);
  }
}
