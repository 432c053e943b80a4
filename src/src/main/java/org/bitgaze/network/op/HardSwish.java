package org.bitgaze.network.op;

import java.util.List;

/** x min(max(x + 3, 0), 6) / 6. */
public record HardSwish() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("hardswish", script.input());
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
