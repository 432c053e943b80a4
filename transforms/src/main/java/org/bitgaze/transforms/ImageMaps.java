package org.bitgaze.transforms;

import java.util.List;
import java.util.OptionalDouble;
import javax.annotation.Nullable;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Mask;

/**
 * All maps of one image.
 *
 * @param key the image's key
 * @param saliency the saliency map, or null if there is none
 * @param mask the object's mask, or null if there is none
 * @param cams the class activation maps, by network and precision
 */
public record ImageMaps(
    String key, @Nullable Heatmap saliency, @Nullable Mask mask, List<ComparedMap> cams) {
  /** Below every correlation: a map that has vanished is further off than any other. */
  private static final double VANISHED = -2;

  /** Copies the list. */
  public ImageMaps {
    cams = List.copyOf(cams);
  }

  /**
   * Returns how far a network's maps drift from full precision.
   *
   * @param network torchvision's name
   * @return the smallest correlation among the integer precisions, less than -1 if a map is
   *     degenerate; nothing if the map at full precision is, or there are no other precisions
   */
  public OptionalDouble worst(String network) {
    boolean comparable =
        cams.stream()
            .anyMatch(
                c ->
                    c.map().network().equals(network)
                        && c.map().precision().equals(Comparison.F32)
                        && c.cc() != null);
    return cams.stream()
        .filter(c -> comparable && c.map().network().equals(network))
        .filter(c -> !c.map().precision().equals(Comparison.F32))
        .mapToDouble(c -> c.cc() == null ? VANISHED : c.cc())
        .min();
  }
}
