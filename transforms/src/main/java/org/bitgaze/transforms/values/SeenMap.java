package org.bitgaze.transforms.values;

import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.measure.Reference;

/**
 * A saliency map of the part of an image that some networks see. It keeps its own resolution, and
 * may show more of the image than they see.
 *
 * @param method what made it: one of the references that are saliency
 * @param framing the part of the image that networks see
 * @param part the map, and which part of it shows what they see
 */
public record SeenMap(Reference method, Framing framing, MapPart part) {

  /**
   * Checks the method.
   *
   * @throws IllegalArgumentException if it is no saliency
   */
  public SeenMap {
    if (!method.isSaliency()) {
      throw new IllegalArgumentException("a saliency map is not made by " + method.id());
    }
  }

  /**
   * Takes a map that was made elsewhere.
   *
   * @param framing the part of the image that networks see
   * @param map the map of that part, at any resolution
   * @return the map, as {@link Reference#MAPS}
   */
  public static SeenMap elsewhere(Framing framing, Heatmap map) {
    return new SeenMap(Reference.MAPS, framing, MapPart.whole(map));
  }
}
