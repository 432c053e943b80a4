package org.bitgaze.network.op;

import java.util.List;

/**
 * The dimensions in another order; the batch stays first.
 *
 * @param order for each dimension of the output except the batch, the input's dimension, from 1
 */
public record Permute(List<Integer> order) implements Op {
  /** Copies the order. */
  public Permute {
    order = List.copyOf(order);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = inputs.get(0);
    boolean complete = order.size() == x.length;
    for (int i = 1; i <= x.length; i++) {
      complete &= order.contains(i);
    }
    if (!complete) {
      throw new IllegalArgumentException("permutes " + x.length + " dimensions by " + order);
    }
    return order.stream().mapToInt(i -> x[i - 1]).toArray();
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("permute", script.input(), Script.list(0, order));
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
