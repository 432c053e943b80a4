package org.bitgaze.network.op;

import java.util.List;

/**
 * x times the standard normal distribution function of x.
 *
 * @param tanh whether the function is approximated by a hyperbolic tangent, as in PyTorch
 */
public record GELU(boolean tanh) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return "torch.gelu(" + script.input() + ", approximate=\"" + (tanh ? "tanh" : "none") + "\")";
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
