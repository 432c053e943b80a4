package org.bitgaze.transforms.values;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bitgaze.quant.Precision;

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
   * @return by integer precision, or candidate, the correlation with the map at full precision,
   *     {@link #VANISHED} if the quantized map is degenerate; nothing if the map at full precision
   *     is
   */
  public SortedMap<String, Double> drifts(String model) {
    List<ComparedMap> own = cams.stream().filter(c -> c.map().model().equals(model)).toList();
    boolean comparable =
        own.stream()
            .anyMatch(
                c -> c.map().precision().equals(Precision.F32.toString()) && c.cc().isPresent());
    SortedMap<String, Double> drifts = new TreeMap<>();
    own.stream()
        .filter(c -> comparable && !Precision.isFloat(c.map().precision()))
        .forEach(c -> drifts.put(c.map().precision(), c.cc().orElse(VANISHED)));
    return drifts;
  }
}
