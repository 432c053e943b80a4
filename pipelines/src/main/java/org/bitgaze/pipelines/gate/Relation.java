package org.bitgaze.pipelines.gate;

import java.util.Arrays;

/** The relation that a value must have to a threshold. */
public enum Relation {
  /** At least. */
  AT_LEAST(">=", (a, b) -> a >= b),
  /** At most. */
  AT_MOST("<=", (a, b) -> a <= b),
  /** More than. */
  ABOVE(">", (a, b) -> a > b),
  /** Less than. */
  BELOW("<", (a, b) -> a < b);

  private interface Test {
    boolean holds(double value, double threshold);
  }

  private final String symbol;
  private final Test test;

  Relation(String symbol, Test test) {
    this.symbol = symbol;
    this.test = test;
  }

  /** {@return the operator in conditions and in SQL, such as {@code >=}} */
  public String symbol() {
    return symbol;
  }

  /**
   * Tests a value.
   *
   * @param value any number; NaN satisfies no relation
   * @param threshold what it is compared with
   * @return whether the relation holds
   */
  public boolean holds(double value, double threshold) {
    return test.holds(value, threshold);
  }

  /** {@return whether values must not be smaller than the threshold} */
  boolean isLowerBound() {
    return this == AT_LEAST || this == ABOVE;
  }

  /** Finds a relation by a symbol that is known to exist. */
  static Relation of(String symbol) {
    return Arrays.stream(values()).filter(r -> r.symbol.equals(symbol)).findFirst().orElseThrow();
  }
}
