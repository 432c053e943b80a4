package org.bitgaze.saliency;

import java.io.IOException;
import java.util.Map;
import org.bitgaze.image.Framing;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Picture;

/**
 * Where people look, or would. Implementations may be used by several threads, until they are
 * closed.
 */
public interface Saliency extends AutoCloseable {

  /**
   * Returns the saliency map of an image, as far as networks see it.
   *
   * @param key the image's key: its path relative to the input's root
   * @param picture what was kept of the image
   * @return for each part of the image that networks see, a map and what is seen of it; at any
   *     resolution, not negative
   * @throws IOException if there is no map for this image, saying why
   */
  Map<Framing, MapPart> maps(String key, Picture picture) throws IOException;

  /** Lets go of programs; others have none. */
  @Override
  default void close() {}
}
