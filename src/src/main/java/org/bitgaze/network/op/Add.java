package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Sum of two inputs of one shape, or with sizes of 1 in the second that stand for all. */
public record Add() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] sum = Broadcast.shape("adds", inputs.get(0), inputs.get(1));
    if (!Arrays.equals(sum, inputs.get(0))) {
      throw new IllegalArgumentException(
          "adds " + Arrays.toString(inputs.get(1)) + " to " + Arrays.toString(inputs.get(0)));
    }
    return sum;
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("add", script.input(), script.inputs().get(1));
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    // The kernel wants as many values of each.
    return Arrays.equals(script.shapes().get(0), script.shapes().get(1))
        ? Optional.of(script.kernel("add", script.inputs().get(0), script.inputs().get(1)))
        : Optional.empty();
  }
}
