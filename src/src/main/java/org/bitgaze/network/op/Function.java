package org.bitgaze.network.op;

import java.util.List;

/**
 * A function of each element that has no parameters.
 *
 * @param kind the function
 */
public record Function(Kind kind) implements Op {
  /** The functions. */
  public enum Kind {
    /** The error function. */
    ERF("torch.erf(%1$s)"),
    /** e to the power of x. */
    EXP("torch.exp(%1$s)"),
    /** The natural logarithm. */
    LOG("torch.log(%1$s)"),
    /** The square root. */
    SQRT("torch.sqrt(%1$s)"),
    /** The magnitude. */
    ABS("torch.abs(%1$s)"),
    /** log(1 + exp(x)). */
    SOFTPLUS("torch.softplus(%1$s)"),
    /** x / (1 + |x|). */
    SOFTSIGN("torch.div(%1$s, torch.add(torch.abs(%1$s), 1))"),
    /** x tanh(softplus(x)). */
    MISH("torch.mish(%1$s)"),
    /** x times the standard normal distribution function of x. */
    GELU("torch.gelu(%1$s)"),
    /** The same, approximated: x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
    GELU_TANH(
        "torch.mul(torch.mul(%1$s, 0.5), torch.add(torch.tanh(torch.mul(torch.add(%1$s,"
            + " torch.mul(torch.pow(%1$s, 3), 0.044715)), 0.7978845608028654)), 1))");

    private final String script;

    Kind(String script) {
      this.script = script;
    }
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    return kind.script.formatted(script.input());
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
