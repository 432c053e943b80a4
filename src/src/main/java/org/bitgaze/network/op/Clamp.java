package org.bitgaze.network.op;

/**
 * min(max(x, min), max).
 *
 * @param min lower bound, perhaps negative infinity
 * @param max upper bound, perhaps infinite
 */
public record Clamp(double min, double max) implements Clamping {
  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if they are not in order or not numbers
   */
  public Clamp {
    if (!(min <= max)) {
      throw new IllegalArgumentException("clamps to [" + min + ", " + max + "]");
    }
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("clamp", script.input(), bound(min), bound(max));
  }

  /** TorchScript's text has no infinity. */
  private static Object bound(double value) {
    return Double.isInfinite(value) ? "None" : value;
  }
}
