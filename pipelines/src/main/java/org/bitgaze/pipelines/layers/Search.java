package org.bitgaze.pipelines.layers;

import java.util.List;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.transforms.KeyShare;

/**
 * What a mixed precision must keep.
 *
 * @param budget conditions on means over the images
 * @param cost what it is to save
 * @param heldOut share of the images that the search does not see, above 0 and below 1
 * @param seed of the choices at random
 */
public record Search(List<Condition> budget, CostKind cost, double heldOut, long seed) {

  /** Copies the list. */
  public Search {
    budget = List.copyOf(budget);
  }

  /**
   * Returns the images on which it searches.
   *
   * @return all that are not held out
   */
  public KeyShare searched() {
    return new KeyShare(heldOut, 1);
  }

  /**
   * Returns the images on which its result is verified.
   *
   * @return the others
   */
  public KeyShare verified() {
    return new KeyShare(0, heldOut);
  }
}
