package org.bitgaze.transforms.values;

import java.util.Optional;
import org.bitgaze.image.Picture;

/**
 * An image on its way through the steps: its pixels, and what was found so far.
 *
 * @param picture the pixels; nothing if the image cannot be read
 * @param maps what was found, and what failed
 */
public record LiveImage(Optional<Picture> picture, ImageMaps maps) {

  /**
   * Takes an image that was read.
   *
   * @param picture its pixels
   * @return an image of which nothing is known yet
   */
  public static LiveImage of(Picture picture) {
    return new LiveImage(Optional.of(picture), ImageMaps.NONE);
  }

  /**
   * Takes an image that cannot be read.
   *
   * @param reject why not
   * @return an image that all steps pass on
   */
  public static LiveImage unreadable(Reject reject) {
    return new LiveImage(Optional.empty(), ImageMaps.NONE.with(reject));
  }

  /**
   * Changes what was found.
   *
   * @param found what was found by now
   * @return a new image
   */
  public LiveImage with(ImageMaps found) {
    return new LiveImage(picture, found);
  }
}
