package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;

/**
 * Sum of the input and a mask, which is broadcast to it: constants that exclude some elements from
 * the softmax that follows. Their least element is at most {@link #EXCLUDES}, such as -100 or minus
 * infinity. Unlike that of {@link AddConstant}, the output is not quantized, because its range
 * would be the mask's.
 *
 * @param shape the mask's shape without the batch: each size is the input's, or 1
 */
public record AddMask(List<Integer> shape) implements Op {
  /** From here down, a summand excludes an element: exp(-50) is nothing beside 1 in float32. */
  public static final float EXCLUDES = -50;

  /** Copies the sizes. */
  public AddMask {
    shape = List.copyOf(shape);
  }

  @Override
  public Map<String, int[]> parameters() {
    return Map.of("mask", shape.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Broadcast.onto("adds", inputs.get(0), parameters().get("mask"));
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("add", script.input(), script.parameter("mask"));
  }
}
