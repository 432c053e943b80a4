package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;

/**
 * Every {@code step}-th element along one dimension.
 *
 * @param axis the dimension, from 1; 0 is the batch
 * @param start first index, at least 0
 * @param end upper bound of the indices, exclusive, greater than start
 * @param step distance between indices, at least 1
 */
public record Slice(int axis, int start, int end, int step) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] out = inputs.get(0).clone();
    int i = Axis.index(axis, out);
    if (start < 0 || end <= start || end > out[i] || step < 1) {
      throw new IllegalArgumentException(
          "slices axis %d of %s from %d to %d in steps of %d"
              .formatted(axis, Arrays.toString(out), start, end, step));
    }
    out[i] = (end - start + step - 1) / step;
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
