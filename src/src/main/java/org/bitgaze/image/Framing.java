package org.bitgaze.image;

import java.io.Serializable;

/**
 * Which part of an image a network sees, and how it gets to the square that the network takes. Only
 * the pixels that are seen are ever computed, so that an image of extreme proportions costs no more
 * memory than any other.
 */
public sealed interface Framing extends Serializable permits CenterCrop, Squash {

  /**
   * Returns the size of what a network takes.
   *
   * @return height and width in pixels
   */
  int side();

  /**
   * Resizes with antialiasing, and cuts out what is seen.
   *
   * @param image any image
   * @param filter how pixels are mixed
   * @return {@code side} x {@code side} pixels, equal to torchvision's on a PIL image
   */
  RgbImage apply(RgbImage image, Interpolation filter);

  /**
   * Finds the seen part in the whole image.
   *
   * @param width width of the whole image in pixels
   * @param height its height
   * @return the part, as shares of the whole
   */
  Region region(int width, int height);

  /** Returns what {@link #parse} reads: the parts {@code resize} and {@code crop}. */
  @Override
  String toString();

  /**
   * Parses a framing.
   *
   * @param resize the shorter side after resizing in pixels, or {@code squash}
   * @param crop side of the square in pixels
   * @return the framing
   * @throws IllegalArgumentException if one is no number, or they do not fit
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
          "preprocessing " + name + "=" + value + " is no number", e);
    }
  }

  /**
   * A part of an image, as shares of its width and height: a part that begins at its left edge has
   * left 0, one that ends at its right edge has left + width 1.
   *
   * @param left where it begins
   * @param top where it begins
   * @param width how wide it is
   * @param height how high it is
   */
  record Region(double left, double top, double width, double height) {
    /** The whole image. */
    public static final Region WHOLE = new Region(0, 0, 1, 1);

    /**
     * Returns the same part as shares of something larger than the image.
     *
     * @param x the image's width as a share of the larger thing's
     * @param y the image's height, likewise
     * @return the part of the larger thing, whose left and top edges are the image's
     */
    public Region within(double x, double y) {
      return new Region(left * x, top * y, width * x, height * y);
    }
  }
}
