package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;

/**
 * x where it is positive, slope x elsewhere; slopes are parameters.
 *
 * @param slopes number of slopes: 1, or one per channel
 */
public record PReLU(int slopes) implements Op {
  @Override
  public Map<String, int[]> parameters() {
    return Map.of("weight", new int[] {slopes});
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = inputs.get(0);
    if (slopes != 1 && slopes != x[0]) {
      throw new IllegalArgumentException("has " + slopes + " slopes for " + x[0] + " channels");
    }
    return x;
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("prelu", script.input(), script.parameter("weight"));
  }
}
