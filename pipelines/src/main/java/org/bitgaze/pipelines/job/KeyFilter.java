package org.bitgaze.pipelines.job;

import java.io.Serializable;

/** Selects images by key, in the same way on every worker. */
@FunctionalInterface
public interface KeyFilter extends Serializable {
  /** Selects all images. */
  KeyFilter ALL = key -> true;

  /**
   * Decides about an image.
   *
   * @param key the image's key
   * @return whether the image is selected
   */
  boolean accepts(String key);
}
