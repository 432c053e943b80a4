package org.bitgaze.pipelines.layers;

import java.util.List;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.transforms.KeyShare;

/**
 * What to search: the cheapest mixed precision that keeps a budget.
 *
 * @param budget conditions on means over the images
 * @param cost the cost to minimize
 * @param heldOut share of the images that are held out, above 0 and below 1
 * @param seed of the random configurations
 */
public record Search(List<Condition> budget, CostKind cost, double heldOut, long seed) {

  /** Copies the list. */
  public Search {
    budget = List.copyOf(budget);
  }

  /** {@return the images of the search: all that are not held out} */
  public KeyShare searched() {
    return new KeyShare(heldOut, 1);
  }

  /** {@return the images on which the result is verified} */
  public KeyShare verified() {
    return new KeyShare(0, heldOut);
  }
}
