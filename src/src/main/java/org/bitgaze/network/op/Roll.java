package org.bitgaze.network.op;

import java.util.List;

/**
 * Rotates the elements along one dimension, as {@code torch.roll}.
 *
 * @param axis the dimension, from 1; 0 is the batch
 * @param shift how far elements move towards higher indices; those beyond the end come first
 */
public record Roll(int axis, int shift) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    Axis.index(axis, inputs.get(0));
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("roll", script.input(), "[" + shift + "]", "[" + axis + "]");
  }
}
