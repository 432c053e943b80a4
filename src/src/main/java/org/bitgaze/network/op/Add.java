package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Sum of two inputs; the second is broadcast to the first. */
public record Add() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Broadcast.onto("adds", inputs.get(0), inputs.get(1));
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("add", script.input(), script.inputs().get(1));
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    // The kernel does not broadcast.
    return Arrays.equals(script.shapes().get(0), script.shapes().get(1))
        ? Optional.of(script.kernel("add", script.inputs().get(0), script.inputs().get(1)))
        : Optional.empty();
  }

  @Override
  public boolean isNonNegative(boolean inputs) {
    return inputs;
  }
}
