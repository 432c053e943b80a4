package org.bitgaze.network.op;

import java.util.List;

/** Hyperbolic tangent. */
public record Tanh() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("tanh", script.input());
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
