package org.bitgaze.network.op;

/**
 * Dropout (Srivastava et al. 2014) or stochastic depth (Huang et al. 2016) in evaluation mode: the
 * identity. In training mode a pass replaces it by a {@link KeyedDropout}.
 *
 * @param p probability of dropping, in [0, 1)
 * @param unit what is dropped at once
 */
public record Dropout(double p, Unit unit) implements Elementwise {

  /** What a single random number decides about. */
  public enum Unit {
    /** One element. */
    ELEMENT,
    /** All elements of an image: stochastic depth. */
    IMAGE
  }

  /**
   * Checks the probability.
   *
   * @throws IllegalArgumentException if it is not in [0, 1)
   */
  public Dropout {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("dropout probability " + p + " is not in [0, 1)");
    }
  }

  /**
   * Creates a dropout of single elements.
   *
   * @param p probability that an element becomes 0
   * @return the operation
   */
  public static Dropout of(double p) {
    return new Dropout(p, Unit.ELEMENT);
  }

  /**
   * Creates a stochastic depth, which drops a residual branch before it is added.
   *
   * @param p probability that the branch becomes 0
   * @return the operation
   */
  public static Dropout stochasticDepth(double p) {
    return new Dropout(p, Unit.IMAGE);
  }

  @Override
  public String torchScript(Script script) {
    return script.input();
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }

  @Override
  public boolean isNonNegative(boolean inputs) {
    return inputs;
  }
}
