package org.bitgaze.image;

import java.io.IOException;

/**
 * An image file whose header has been read. Implementations keep the part of the file that
 * determines the pixels of its first image and drop the rest, above all colour profiles.
 */
interface ImageFile {

  /** {@return the width of the decoded image in pixels} */
  int width();

  /** {@return the height of the decoded image in pixels} */
  int height();

  /** {@return the heap that decoding takes at its peak, in bytes per pixel} */
  double bytesPerPixel();

  /**
   * Decodes the pixels.
   *
   * @return an image of {@link #width} x {@link #height} pixels
   * @throws IOException if the file is damaged or of an unsupported kind
   */
  RgbImage decode() throws IOException;
}
