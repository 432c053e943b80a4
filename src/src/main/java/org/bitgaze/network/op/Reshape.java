package org.bitgaze.network.op;

import java.util.List;

/**
 * The same elements in the same order with other dimensions.
 *
 * @param sizes the new dimensions, without the batch's
 */
public record Reshape(List<Integer> sizes) implements Op {
  /** Copies the sizes. */
  public Reshape {
    sizes = List.copyOf(sizes);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    long before = 1;
    long after = 1;
    for (int size : inputs.get(0)) {
      before *= size;
    }
    for (int size : sizes) {
      after = Math.multiplyExact(after, (long) size);
    }
    if (before != after) {
      throw new IllegalArgumentException("makes " + sizes + " of " + before + " elements");
    }
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public String torchScript(Script script) {
    StringBuilder all = new StringBuilder("[-1");
    sizes.forEach(size -> all.append(", ").append(size));
    return Script.call("reshape", script.input(), all.append(']'));
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
