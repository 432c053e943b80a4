package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The input plus numbers that are known: one for each channel, or of any other shape that fits.
 *
 * @param shape sizes of the terms, without the batch's: each is the input's, or 1
 */
public record AddConstant(List<Integer> shape) implements Op {
  /** Copies the sizes. */
  public AddConstant {
    shape = List.copyOf(shape);
  }

  @Override
  public Map<String, int[]> parameters() {
    return Map.of("bias", shape.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = inputs.get(0);
    int[] terms = parameters().get("bias");
    if (!Arrays.equals(Broadcast.shape("adds", x, terms), x)) {
      throw new IllegalArgumentException(
          "has terms of " + shape + " for an input of " + Arrays.toString(x));
    }
    return x;
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("add", script.input(), script.parameter("bias"));
  }
}
