package org.bitgaze.network.op;

import java.util.List;

/**
 * min(max(slope x + shift, 0), 1).
 *
 * @param slope factor of x
 * @param shift what is added
 */
public record HardSigmoid(double slope, double shift) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    String line = Script.call("add", Script.call("mul", script.input(), slope), shift);
    return Script.call("clamp", line, 0, 1);
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
