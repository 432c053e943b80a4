package org.bitgaze.op;

import java.util.List;

/**
 * Part of a tensor along one dimension.
 *
 * @param axis the dimension, from 1; 0 is the batch's
 * @param start first index, at least 0
 * @param end index behind the last, greater than start
 */
public record Slice(int axis, int start, int end) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] out = inputs.get(0).clone();
    if (axis < 1 || axis > out.length || start < 0 || end <= start || end > out[axis - 1]) {
      throw new IllegalArgumentException(
          "takes " + start + " to " + end + " of axis " + axis + " of " + List.of(boxed(out)));
    }
    out[axis - 1] = end - start;
    return out;
  }

  private static Integer[] boxed(int[] sizes) {
    return java.util.Arrays.stream(sizes).boxed().toArray(Integer[]::new);
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("slice", script.input(), axis, start, end, 1);
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
