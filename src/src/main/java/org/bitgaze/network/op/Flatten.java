package org.bitgaze.network.op;

import java.util.List;
import org.bitgaze.weights.Tensor;

/** All dimensions except the batch merged into one. */
public record Flatten() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return new int[] {Math.toIntExact(Tensor.elements(inputs.get(0)))};
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
