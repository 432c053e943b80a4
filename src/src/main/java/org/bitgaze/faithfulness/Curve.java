package org.bitgaze.faithfulness;

import java.util.Arrays;

/**
 * The probability of the explained class while pixels change step by step.
 *
 * @param probabilities one before the first step and one after each step, in [0, 1]
 */
public record Curve(double[] probabilities) {

  /**
   * {@return the area under the curve by the trapezoidal rule, over shares of pixels, in [0, 1]}
   */
  public double area() {
    int steps = probabilities.length - 1;
    double ends = (probabilities[0] + probabilities[steps]) / 2;
    return (ends + Arrays.stream(probabilities, 1, steps).sum()) / steps;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Curve curve && Arrays.equals(curve.probabilities, probabilities);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(probabilities);
  }

  @Override
  public String toString() {
    return Arrays.toString(probabilities);
  }
}
