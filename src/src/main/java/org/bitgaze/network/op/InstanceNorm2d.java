package org.bitgaze.network.op;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Normalization by each image's own statistics, as {@code torch.nn.InstanceNorm2d}: y = (x - m) /
 * sqrt(v + eps) * weight + bias with the mean m and the biased variance v of a channel over height
 * and width. It equals batch normalization in training mode with batches of one image.
 *
 * @param features channels
 * @param eps added to the variance
 */
public record InstanceNorm2d(int features, double eps) implements Op {
  @Override
  public Map<String, int[]> parameters() {
    Map<String, int[]> p = new LinkedHashMap<>();
    p.put("weight", new int[] {features});
    p.put("bias", new int[] {features});
    return p;
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Window.image(inputs, features);
  }

  @Override
  public String torchScript(Script script) {
    return Script.call(
        "instance_norm",
        script.input(),
        script.parameter("weight"),
        script.parameter("bias"),
        "None",
        "None",
        true,
        0.1,
        eps,
        false);
  }
}
