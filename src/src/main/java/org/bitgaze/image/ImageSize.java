package org.bitgaze.image;

import java.util.Optional;

/**
 * The size of an image.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record ImageSize(int width, int height) {
  /**
   * Reads the size that a file's image has when it is decoded.
   *
   * @param file the file's content
   * @return the size; empty if the file is damaged: it is rejected where it is decoded
   */
  public static Optional<ImageSize> of(byte[] file) {
    try {
      ImageFile header = ImageFormat.header(file);
      return Optional.of(new ImageSize(header.width(), header.height()));
    } catch (ImageFormatException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** {@return the number of pixels} */
  long pixels() {
    return (long) width * height;
  }

  /**
   * Tells whether an image of this size is another one, scaled.
   *
   * @param other the other's size
   * @return whether both have the same proportions, but for rounding to whole pixels
   */
  public boolean hasProportionsOf(ImageSize other) {
    double x = (double) width / other.width;
    double y = (double) height / other.height;
    return Math.abs(x - y) * Math.max(other.width, other.height) <= 1;
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
