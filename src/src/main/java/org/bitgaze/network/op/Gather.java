package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;

/**
 * Elements at constant indices along one dimension.
 *
 * @param axis the dimension, from 1; 0 is the batch
 * @param indices the index of each element of the output, from 0
 */
public record Gather(int axis, List<Integer> indices) implements Op {
  /** Copies the indices. */
  public Gather {
    indices = List.copyOf(indices);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] out = inputs.get(0).clone();
    int dimension = Axis.index(axis, out);
    if (indices.isEmpty() || indices.stream().anyMatch(i -> i < 0 || i >= out[dimension])) {
      throw new IllegalArgumentException(
          "gathers " + indices + " of axis " + axis + " of " + Arrays.toString(out));
    }
    out[dimension] = indices.size();
    return out;
  }

  @Override
  public String torchScript(Script script) {
    String index = Script.call("tensor", indices, "dtype=4");
    return Script.call("index_select", script.input(), axis, index);
  }
}
