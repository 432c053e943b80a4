package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;

/** All dimensions but the batch's made one. */
public record Flatten() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return new int[] {Arrays.stream(inputs.get(0)).reduce(1, Math::multiplyExact)};
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("flatten", script.input(), 1, -1);
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
