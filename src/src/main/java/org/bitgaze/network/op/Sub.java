package org.bitgaze.network.op;

import java.util.List;

/**
 * Difference of two inputs of as many dimensions; a dimension of size 1 stands for all of the
 * other's.
 */
public record Sub() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Broadcast.shape("subtracts", inputs.get(0), inputs.get(1));
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("sub", script.input(), script.inputs().get(1));
  }
}
