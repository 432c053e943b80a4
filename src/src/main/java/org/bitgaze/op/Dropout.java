package org.bitgaze.op;

import java.util.List;

/** Dropout, which is the identity here: nothing is dropped, not even where a network is trained. */
public record Dropout() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return script.input();
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
