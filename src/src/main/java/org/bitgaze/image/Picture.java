package org.bitgaze.image;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is kept of a decoded image: the crop that each network sees, and no more.
 *
 * @param crops what is seen after each preprocessing that is wanted; at least one
 */
public record Picture(Map<Preprocessing, RgbImage> crops) {

  /**
   * Copies the map.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public Picture {
    crops = new LinkedHashMap<>(crops);
    if (crops.isEmpty()) {
      throw new IllegalArgumentException("a picture of which nothing is kept");
    }
  }

  /**
   * Keeps what is wanted of an image.
   *
   * @param image the whole image
   * @param wanted the preprocessings whose crops are kept; at least one
   * @return the picture
   */
  public static Picture of(RgbImage image, List<Preprocessing> wanted) {
    Map<Preprocessing, RgbImage> crops = new LinkedHashMap<>();
    for (Preprocessing preprocessing : wanted) {
      crops.computeIfAbsent(preprocessing, p -> p.apply(image));
    }
    return new Picture(crops);
  }

  /**
   * Returns what a network sees.
   *
   * @param preprocessing one of those that were wanted
   * @return the crop
   * @throws IllegalArgumentException if it was not kept
   */
  public RgbImage crop(Preprocessing preprocessing) {
    RgbImage crop = crops.get(preprocessing);
    if (crop == null) {
      throw new IllegalArgumentException("no crop was kept for " + preprocessing);
    }
    return crop;
  }
}
