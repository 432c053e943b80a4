package org.bitgaze.network.op;

import java.util.List;

/**
 * x where it is positive, alpha (exp(x) - 1) elsewhere.
 *
 * @param alpha factor of negative values
 */
public record ELU(double alpha) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("elu", script.input(), alpha);
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
