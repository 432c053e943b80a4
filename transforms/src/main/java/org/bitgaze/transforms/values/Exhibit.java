package org.bitgaze.transforms.values;

import java.util.List;

/**
 * An image that a report shows.
 *
 * @param reasons why it was chosen
 * @param image all its maps
 */
public record Exhibit(List<ExhibitReason> reasons, ComparedImage image) {
  /** Copies the reasons. */
  public Exhibit {
    reasons = List.copyOf(reasons);
  }
}
