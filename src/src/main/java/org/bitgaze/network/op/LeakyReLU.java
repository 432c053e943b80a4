package org.bitgaze.network.op;

/**
 * x where it is positive, slope x elsewhere.
 *
 * @param slope factor of negative values
 */
public record LeakyReLU(double slope) implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("leaky_relu", script.input(), slope);
  }
}
