package org.bitgaze.transforms.values;

import java.util.List;
import java.util.OptionalDouble;

/**
 * All maps of one image, after they were compared.
 *
 * @param key the image's key
 * @param saliency its saliency maps
 * @param masks its masks
 * @param cams its class activation maps, by model and precision
 */
public record ComparedImage(
    String key, List<SeenMap> saliency, List<SeenMask> masks, List<ComparedMap> cams) {
  /** Below every correlation: a map that has vanished is further off than any other. */
  public static final double VANISHED = -2;

  /** Copies the lists. */
  public ComparedImage {
    saliency = List.copyOf(saliency);
    masks = List.copyOf(masks);
    cams = List.copyOf(cams);
  }

  /**
   * Returns how far a model's maps drift from full precision.
   *
   * @param model its id
   * @return the smallest correlation among the integer precisions, {@link #VANISHED} if a map is
   *     degenerate; nothing if the map at full precision is, or there are no other precisions
   */
  public OptionalDouble worst(String model) {
    boolean comparable = cams.stream().anyMatch(c -> isFloatOf(c, model) && c.cc().isPresent());
    return cams.stream()
        .filter(c -> comparable && c.map().model().equals(model) && !isFloatOf(c, model))
        .mapToDouble(c -> c.cc().orElse(VANISHED))
        .min();
  }

  private static boolean isFloatOf(ComparedMap cam, String model) {
    return cam.map().model().equals(model) && cam.map().precision().equals("f32");
  }
}
