package org.bitgaze.saliency;

import java.io.IOException;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;

/**
 * Where people look, or would: one map per image. Implementations may be used by several threads.
 */
public interface Saliency {

  /**
   * Returns the saliency map of an image, as far as a network sees it.
   *
   * @param key the image's key: its path relative to the input's root
   * @param picture what was kept of the image
   * @param seen what the network sees of it: one of those that were kept
   * @return the map of the same field of view, at any resolution; not negative
   * @throws IOException if there is no map for this image, saying why
   */
  Heatmap map(String key, Picture picture, Preprocessing seen) throws IOException;
}
