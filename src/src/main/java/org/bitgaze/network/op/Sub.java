package org.bitgaze.network.op;

import java.util.List;

/** Difference of two inputs of the same rank, with broadcasting. */
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
