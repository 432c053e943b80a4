package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;

/**
 * Repeats dimensions of size 1.
 *
 * @param sizes the new shape without the batch: each size is the input's, or any where that is 1
 */
public record Expand(List<Integer> sizes) implements Op {
  /** Copies the sizes. */
  public Expand {
    sizes = List.copyOf(sizes);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = inputs.get(0);
    int[] out = sizes.stream().mapToInt(Integer::intValue).toArray();
    for (int i = 0; i < out.length; i++) {
      if (x.length != out.length || (x[i] != out[i] && x[i] != 1)) {
        throw new IllegalArgumentException("expands " + Arrays.toString(x) + " to " + sizes);
      }
    }
    return out;
  }

  @Override
  public String torchScript(Script script) {
    String view = Script.call("expand", script.input(), Script.list(-1, sizes));
    // A copy: elements that share memory cannot be overwritten.
    return Script.call("clone", view, "memory_format=0");
  }
}
