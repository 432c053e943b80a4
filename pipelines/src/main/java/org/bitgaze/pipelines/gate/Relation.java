package org.bitgaze.pipelines.gate;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/** How a value must stand to a threshold. */
public enum Relation {
  /** At least. */
  AT_LEAST(">=", (a, b) -> a >= b ? 1 : 0),
  /** At most. */
  AT_MOST("<=", (a, b) -> a <= b ? 1 : 0),
  /** More than. */
  ABOVE(">", (a, b) -> a > b ? 1 : 0),
  /** Less than. */
  BELOW("<", (a, b) -> a < b ? 1 : 0);

  private final String symbol;
  private final DoubleBinaryOperator test;

  Relation(String symbol, DoubleBinaryOperator test) {
    this.symbol = symbol;
    this.test = test;
  }

  /**
   * Returns how it is written, in conditions as in SQL.
   *
   * @return such as {@code >=}
   */
  public String symbol() {
    return symbol;
  }

  /**
   * Tests a value.
   *
   * @param value any; NaN stands in no relation
   * @param threshold what it is compared with
   * @return whether the relation holds
   */
  public boolean holds(double value, double threshold) {
    return test.applyAsDouble(value, threshold) == 1;
  }

  /** Finds a relation that is known to be written right. */
  static Relation of(String symbol) {
    return Arrays.stream(values()).filter(r -> r.symbol.equals(symbol)).findFirst().orElseThrow();
  }
}
