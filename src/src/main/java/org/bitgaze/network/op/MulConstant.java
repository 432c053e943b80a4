package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The input times numbers that are known: one for each channel, or of any other shape that fits.
 *
 * @param shape sizes of the factors, without the batch's: each is the input's, or 1
 */
public record MulConstant(List<Integer> shape) implements Op {
  /** Copies the sizes. */
  public MulConstant {
    shape = List.copyOf(shape);
  }

  @Override
  public Map<String, int[]> parameters() {
    return Map.of("weight", shape.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = inputs.get(0);
    int[] factors = parameters().get("weight");
    if (!Arrays.equals(Broadcast.shape("multiplies", x, factors), x)) {
      throw new IllegalArgumentException(
          "has factors of " + shape + " for an input of " + Arrays.toString(x));
    }
    return x;
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("mul", script.input(), script.parameter("weight"));
  }
}
