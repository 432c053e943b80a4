package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;

/**
 * Part of a tensor along one dimension.
 *
 * @param axis the dimension, from 1; 0 is the batch's
 * @param start first index, at least 0
 * @param end index behind the last, greater than start
 * @param step distance between neighbours, at least 1
 */
public record Slice(int axis, int start, int end, int step) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] out = inputs.get(0).clone();
    if (axis < 1
        || axis > out.length
        || start < 0
        || end <= start
        || end > out[axis - 1]
        || step < 1) {
      throw new IllegalArgumentException(
          "takes "
              + start
              + " to "
              + end
              + " in steps of "
              + step
              + " of axis "
              + axis
              + " of "
              + Arrays.toString(out));
    }
    out[axis - 1] = (end - start + step - 1) / step;
    return out;
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("slice", script.input(), axis, start, end, step);
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
