package org.bitgaze.network.op;

/**
 * A function of each element that has no parameters.
 *
 * @param kind the function
 */
public record UnaryFunction(Kind kind) implements Elementwise {
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
    MISH("torch.mish(%1$s)");

    private final String script;

    Kind(String script) {
      this.script = script;
    }
  }

  @Override
  public String torchScript(Script script) {
    return kind.script.formatted(script.input());
  }
}
