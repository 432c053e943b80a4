package org.bitgaze.transforms.values;

import java.util.List;

/**
 * An image that is worth showing.
 *
 * @param reasons why it was chosen
 * @param image all its maps
 */
public record Exhibit(List<String> reasons, ComparedImage image) {
  /** Copies the reasons. */
  public Exhibit {
    reasons = List.copyOf(reasons);
  }
}
