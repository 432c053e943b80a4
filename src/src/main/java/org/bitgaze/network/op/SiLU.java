package org.bitgaze.network.op;

import java.util.List;

/** x * sigmoid(x), also called swish. */
public record SiLU() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("silu", script.input());
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
