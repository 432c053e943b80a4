package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Normalization over groups of channels (Wu and He 2018), as {@code torch.nn.GroupNorm}: (x - m) /
 * sqrt(v + eps) * weight + bias with mean m and biased variance v over a group's channels and all
 * following dimensions, and weight and bias per channel.
 *
 * @param groups number of groups, which divides the channels
 * @param channels size of the first dimension
 * @param eps added to the variance
 */
public record GroupNorm(int groups, int channels, double eps) implements Op {
  /**
   * Checks the groups.
   *
   * @throws IllegalArgumentException if they do not divide the channels
   */
  public GroupNorm {
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          groups + " groups do not divide " + channels + " channels");
    }
  }

  @Override
  public Map<String, int[]> parameters() {
    Map<String, int[]> p = new LinkedHashMap<>();
    p.put("weight", new int[] {channels});
    p.put("bias", new int[] {channels});
    return p;
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = inputs.get(0);
    if (x.length == 0 || x[0] != channels) {
      throw new IllegalArgumentException(
          "takes " + channels + " channels, but gets " + Arrays.toString(x));
    }
    return x;
  }

  @Override
  public String torchScript(Script script) {
    return Script.call(
        "group_norm",
        script.input(),
        groups,
        script.parameter("weight"),
        script.parameter("bias"),
        eps);
  }
}
