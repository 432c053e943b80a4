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
    throw new IllegalStateException("the input's shape is given, not inferred");
  }

  @Override
  public String torchScript(Script script) {
    throw new IllegalStateException("the input is bound by the program, not computed");
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
