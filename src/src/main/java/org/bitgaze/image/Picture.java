package org.bitgaze.image;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parts of a decoded image that later steps need: the crop that each network sees, and the
 * whole image, reduced, for saliency models.
 *
 * @param crops the crop of each preprocessing; at least one
 * @param whole the whole image, if it is needed
 */
public record Picture(Map<Preprocessing, RgbImage> crops, Optional<WholeImage> whole) {

  /**
   * Copies the map.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public Picture {
    crops = new LinkedHashMap<>(crops);
    if (crops.isEmpty()) {
      throw new IllegalArgumentException("a picture needs at least one crop");
    }
  }

  /**
   * Crops an image.
   *
   * @param image the whole image
   * @param wanted the preprocessings whose crops are kept; at least one
   * @param whole whether the whole image is kept as well
   * @return the picture
   */
  public static Picture of(RgbImage image, List<Preprocessing> wanted, boolean whole) {
    Map<Preprocessing, RgbImage> crops = new LinkedHashMap<>();
    for (Preprocessing preprocessing : wanted) {
      crops.computeIfAbsent(preprocessing, p -> p.apply(image));
    }
    return new Picture(crops, whole ? Optional.of(WholeImage.of(image)) : Optional.empty());
  }

  /** {@return the framings of the crops, each once} */
  public Set<Framing> framings() {
    Set<Framing> framings = new LinkedHashSet<>();
    crops.keySet().forEach(p -> framings.add(p.framing()));
    return framings;
  }

  /**
   * Returns the crop that a network sees.
   *
   * @param preprocessing one whose crop was kept
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
