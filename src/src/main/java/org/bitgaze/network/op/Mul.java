package org.bitgaze.network.op;

import java.util.List;
import java.util.Optional;

/** Product of two inputs of the same rank, with broadcasting. */
public record Mul() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Broadcast.shape("multiplies", inputs.get(0), inputs.get(1));
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("mul", script.input(), script.inputs().get(1));
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    return Optional.of(script.kernel("mul", script.inputs().get(0), script.inputs().get(1)));
  }
}
