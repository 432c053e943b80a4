package org.bitgaze.network.op;

/**
 * min(max(x, min), max).
 *
 * @param min lower bound, possibly negative infinity
 * @param max upper bound, possibly infinity
 */
public record Clamp(double min, double max) implements Clamping {
  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if they are not in order, or one is NaN
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

  /** TorchScript has no literal for infinity. */
  private static Object bound(double value) {
    return Double.isInfinite(value) ? "None" : value;
  }
}
