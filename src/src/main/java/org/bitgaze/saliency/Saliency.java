package org.bitgaze.saliency;

import java.io.IOException;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;

/**
 * Where people look, or would: one map per image. Implementations may be used by several threads.
 */
public interface Saliency {

  /**
   * Returns the saliency map of an image.
   *
   * @param key the image's key: its path relative to the input's root
   * @param image the image after {@link org.bitgaze.image.CenterCrop}
   * @return the map of the same field of view, at any resolution; not negative
   * @throws IOException if there is no map for this image, saying why
   */
  Heatmap map(String key, RgbImage image) throws IOException;
}
