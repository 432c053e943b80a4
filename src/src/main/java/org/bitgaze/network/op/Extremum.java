package org.bitgaze.network.op;

import java.util.List;

/**
 * The larger or the smaller of two inputs, element by element; a dimension of size 1 stands for all
 * of the other's.
 *
 * @param max whether the larger one is taken
 */
public record Extremum(boolean max) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Broadcast.shape("compares", inputs.get(0), inputs.get(1));
  }

  @Override
  public String torchScript(Script script) {
    return Script.call(max ? "maximum" : "minimum", script.input(), script.inputs().get(1));
  }
}
