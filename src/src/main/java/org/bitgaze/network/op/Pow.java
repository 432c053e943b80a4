package org.bitgaze.network.op;

/**
 * The input raised to a constant power.
 *
 * @param exponent finite
 */
public record Pow(double exponent) implements Elementwise {
  /**
   * Checks the exponent.
   *
   * @throws IllegalArgumentException if it is not finite
   */
  public Pow {
    if (!Double.isFinite(exponent)) {
      throw new IllegalArgumentException("the exponent is " + exponent);
    }
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("pow", script.input(), exponent);
  }
}
