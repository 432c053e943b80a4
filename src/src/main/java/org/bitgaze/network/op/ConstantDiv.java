package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;

/**
 * Constants divided by the input, element by element: one for each channel, or of any other shape
 * that fits.
 *
 * @param shape sizes of the dividends, without the batch's: each is the input's, or 1
 */
public record ConstantDiv(List<Integer> shape) implements Op {
  /** Copies the sizes. */
  public ConstantDiv {
    shape = List.copyOf(shape);
  }

  @Override
  public Map<String, int[]> parameters() {
    return Map.of("weight", shape.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Broadcast.onto("divides", inputs.get(0), parameters().get("weight"));
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("div", script.parameter("weight"), script.input());
  }
}
