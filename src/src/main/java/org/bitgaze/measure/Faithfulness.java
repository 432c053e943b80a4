package org.bitgaze.measure;

import java.util.OptionalDouble;

/**
 * How well a map explains a network's answers: how the probability of the explained class changes
 * when pixels are changed in the map's order.
 *
 * @param confidence probability of the class for the unchanged image, in [0, 1]
 * @param insertion area under the probability while pixels are added to a blurred image, in [0, 1];
 *     large for a right map
 * @param deletion area under the probability while pixels are removed, in [0, 1]; small for a right
 *     map
 * @param road ROAD (Rong et al. 2022), in [-0.5, 0.5]; large for a right map
 */
public record Faithfulness(
    OptionalDouble confidence,
    OptionalDouble insertion,
    OptionalDouble deletion,
    OptionalDouble road) {
  /** Nothing is known. */
  public static final Faithfulness UNKNOWN =
      new Faithfulness(
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty());
}
