package org.bitgaze.network.op;

import java.util.List;

/**
 * The network's input: (N, channels, height, width), normalized.
 *
 * @param channels number of channels
 */
public record Input(int channels) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] image = inputs.get(0);
    return new int[] {channels, image[0], image[1]};
  }

  @Override
  public String torchScript(Script script) {
    throw new IllegalStateException("the input is bound by the program, not computed");
  }
}
