package org.bitgaze.network.op;

import java.util.List;
import java.util.Optional;

/** 1 / (1 + exp(-x)). */
public record Sigmoid() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("sigmoid", script.input());
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    return script.relu()
        ? Optional.empty()
        : Optional.of(script.kernel("sigmoid", script.inputs().get(0)));
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }

  @Override
  public UnfusedRole unfusedRole() {
    return UnfusedRole.FIXED_POINT;
  }
}
