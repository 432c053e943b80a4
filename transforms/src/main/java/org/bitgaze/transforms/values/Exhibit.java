package org.bitgaze.transforms.values;

import java.util.List;

/**
 * An image that is worth showing.
 *
 * @param reasons why it was chosen
 * @param image all its maps
 */
public record Exhibit(List<String> reasons, ComparedImage image) {
  /**
   * Says why an image is shown that is among those that drift most.
   *
   * @param model the model's id
   * @param precision such as {@code int8}
   * @return how the reason begins
   */
  public static String largestDrift(String model, String precision) {
    return "among the largest drifts of " + model + " at " + precision + ": ";
  }

  /**
   * Says why an image is shown that drifts least.
   *
   * @param model the model's id
   * @param precision such as {@code int8}
   * @return how the reason begins
   */
  public static String smallestDrift(String model, String precision) {
    return "the smallest drift of " + model + " at " + precision + ": ";
  }

  /** Copies the reasons. */
  public Exhibit {
    reasons = List.copyOf(reasons);
  }
}
