package org.bitgaze.network.op;

import java.util.List;
import org.bitgaze.weights.Tensor;

/**
 * The same elements in the same order with another shape.
 *
 * @param sizes the new shape without the batch
 */
public record Reshape(List<Integer> sizes) implements Op {
  /** Copies the sizes. */
  public Reshape {
    sizes = List.copyOf(sizes);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] out = sizes.stream().mapToInt(Integer::intValue).toArray();
    long elements = Tensor.elements(inputs.get(0));
    if (Tensor.elements(out) != elements) {
      throw new IllegalArgumentException("reshapes " + elements + " elements to " + sizes);
    }
    return out;
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("reshape", script.input(), Script.list(-1, sizes));
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
