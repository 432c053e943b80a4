package org.bitgaze.network.op;

import java.util.List;

/** An operation whose output has the shape of its first input. */
public interface Elementwise extends Op {
  @Override
  default int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }
}
