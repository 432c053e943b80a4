package org.bitgaze.transforms;

import java.util.List;

/**
 * An image that is shown to people.
 *
 * @param reasons why it was chosen, each one line
 * @param maps all its maps
 */
public record Exhibit(List<String> reasons, ImageMaps maps) {

  /** Copies the reasons. */
  public Exhibit {
    reasons = List.copyOf(reasons);
  }
}
