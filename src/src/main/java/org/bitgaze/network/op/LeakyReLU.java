package org.bitgaze.network.op;

import java.util.List;

/**
 * x where it is positive, slope x elsewhere.
 *
 * @param slope factor of negative values
 */
public record LeakyReLU(double slope) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("leaky_relu", script.input(), slope);
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
