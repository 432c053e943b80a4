package org.bitgaze.image;

import java.io.Serializable;

/**
 * The part of an image that a network sees, and how it becomes the network's square input. Only
 * pixels that are seen are computed, so images of extreme proportions cost no more memory than
 * others.
 */
public sealed interface Framing extends Serializable permits CenterCrop, Squash {

  /** {@return height and width of the network's input in pixels} */
  int side();

  /**
   * Resizes with antialiasing, and crops to the part that is seen.
   *
   * @param image any image
   * @param filter the resampling filter
   * @return {@code side} x {@code side} pixels, equal to torchvision's on a PIL image
   */
  RgbImage apply(RgbImage image, Interpolation filter);

  /**
   * Locates the part that is seen.
   *
   * @param width width of the whole image in pixels
   * @param height its height
   * @return the part, as fractions of the whole
   */
  Region region(int width, int height);

  /** {@return the parts {@code resize} and {@code crop}, as {@link #parse} reads them} */
  @Override
  String toString();

  /**
   * Parses a framing.
   *
   * @param resize the shorter side after resizing in pixels, or {@code squash}
   * @param crop side of the square in pixels
   * @return the framing
   * @throws IllegalArgumentException if one is not a number, or the crop does not fit
   */
  static Framing parse(String resize, String crop) {
    int side = integer("crop", crop);
    return resize.equals(Squash.NAME)
        ? new Squash(side)
        : new CenterCrop(integer("resize", resize), side);
  }

  private static int integer(String name, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "preprocessing " + name + "=" + value + " is not a whole number", e);
    }
  }

  /**
   * A part of an image, as fractions of its width and height.
   *
   * @param left distance of the left edges: 0 if they coincide
   * @param top distance of the top edges
   * @param width 1 for the image's whole width
   * @param height 1 for the image's whole height
   */
  record Region(double left, double top, double width, double height) {
    /** The whole image. */
    public static final Region WHOLE = new Region(0, 0, 1, 1);

    /**
     * Expresses the part in fractions of a larger image, which has this image in its top left
     * corner.
     *
     * @param x this image's width as a fraction of the larger image's
     * @param y this image's height as a fraction of the larger image's
     * @return the part of the larger image
     */
    public Region within(double x, double y) {
      return new Region(left * x, top * y, width * x, height * y);
    }
  }
}
