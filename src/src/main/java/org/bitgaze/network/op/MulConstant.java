package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;

/**
 * Product of the input and constants, which are broadcast to it.
 *
 * @param shape the constants' shape without the batch: each size is the input's, or 1
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
    return Broadcast.onto("multiplies", inputs.get(0), parameters().get("weight"));
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("mul", script.input(), script.parameter("weight"));
  }
}
