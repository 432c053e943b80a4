package org.bitgaze.saliency;

import java.io.IOException;
import java.util.Map;
import org.bitgaze.image.Framing;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Picture;

/**
 * A source of visual saliency maps: where people look, or are predicted to look. Implementations
 * are safe for use by several threads until they are closed.
 */
public interface Saliency extends AutoCloseable {

  /**
   * Returns an image's saliency map for each framing of the image.
   *
   * @param key the image's key: its path relative to the input's root
   * @param picture the decoded image
   * @return framing to map and visible part; at any resolution, values of at least 0
   * @throws IOException if there is no map for this image; the message says why
   */
  Map<Framing, MapPart> maps(String key, Picture picture) throws IOException;

  /** Releases compiled networks, if there are any. */
  @Override
  default void close() {}
}
