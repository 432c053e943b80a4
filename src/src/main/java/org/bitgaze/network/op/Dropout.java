package org.bitgaze.network.op;

/**
 * Dropout (Srivastava et al. 2014), or stochastic depth (Huang et al. 2016), as a layer that is
 * there: the identity, for nothing is dropped unless a pass makes it a {@link KeyedDropout}.
 *
 * @param p probability with which an element, or the whole branch, becomes 0; in [0, 1)
 * @param unit what is dropped at once
 */
public record Dropout(double p, Unit unit) implements Elementwise {

  /** What a single draw decides about. */
  public enum Unit {
    /** Each element by itself. */
    ELEMENT,
    /** All of an image's elements: stochastic depth. */
    IMAGE
  }

  /**
   * Checks the probability.
   *
   * @throws IllegalArgumentException if it is not in [0, 1)
   */
  public Dropout {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("nothing is dropped with probability " + p);
    }
  }

  /**
   * Makes a dropout of single elements.
   *
   * @param p probability with which an element becomes 0
   * @return the operation
   */
  public static Dropout of(double p) {
    return new Dropout(p, Unit.ELEMENT);
  }

  /**
   * Makes a stochastic depth, which drops a residual branch before it is added.
   *
   * @param p probability with which the branch becomes 0
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
}
