package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;

/**
 * A parameter as a tensor, the same for each image, such as a class token. The input only decides
 * the number of images.
 *
 * @param shape its shape without the batch
 */
public record Constant(List<Integer> shape) implements Op {
  /** Copies the shape. */
  public Constant {
    shape = List.copyOf(shape);
  }

  @Override
  public Map<String, int[]> parameters() {
    return Map.of("value", shape.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return parameters().get("value");
  }

  @Override
  public String torchScript(Script script) {
    String sizes = Script.list(Script.call("size", script.input(), 0), shape);
    String value = Script.call("unsqueeze", script.parameter("value"), 0);
    // A copy: the parameter must not be overwritten.
    return Script.call("clone", Script.call("expand", value, sizes), "memory_format=0");
  }
}
