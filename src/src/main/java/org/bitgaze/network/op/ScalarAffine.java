package org.bitgaze.network.op;

/**
 * factor x + shift, with two numbers.
 *
 * @param factor finite
 * @param shift finite
 */
public record ScalarAffine(double factor, double shift) implements Elementwise {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is not finite
   */
  public ScalarAffine {
    if (!Double.isFinite(factor) || !Double.isFinite(shift)) {
      throw new IllegalArgumentException("multiplies by " + factor + " and adds " + shift);
    }
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("add", Script.call("mul", script.input(), factor), shift);
  }
}
