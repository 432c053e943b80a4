package org.bitgaze.network.op;

/**
 * x where it is positive, alpha (exp(x) - 1) elsewhere.
 *
 * @param alpha factor of negative values
 */
public record ELU(double alpha) implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("elu", script.input(), alpha);
  }
}
