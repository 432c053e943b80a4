package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;

/**
 * Sum of the input and constants, which are broadcast to it.
 *
 * @param shape the constants' shape without the batch: each size is the input's, or 1
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
    return Broadcast.onto("adds", inputs.get(0), parameters().get("bias"));
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("add", script.input(), script.parameter("bias"));
  }
}
