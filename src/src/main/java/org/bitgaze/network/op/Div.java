package org.bitgaze.network.op;

import java.util.List;

/** Quotient of two inputs of the same rank, with broadcasting. */
public record Div() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Broadcast.shape("divides", inputs.get(0), inputs.get(1));
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("div", script.input(), script.inputs().get(1));
  }
}
