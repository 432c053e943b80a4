package org.bitgaze.network.op;

import java.util.List;

/**
 * exp(x) divided by its sum over one dimension.
 *
 * @param axis the dimension, from 1; 0 is the batch
 */
public record Softmax(int axis) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    Axis.index(axis, inputs.get(0));
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("softmax", script.input(), axis, "None");
  }
}
