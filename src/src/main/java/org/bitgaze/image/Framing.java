package org.bitgaze.image;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of an image that a network sees, and how it becomes the network's input. Only pixels
 * that are seen are computed, so images of extreme proportions cost no more memory than others.
 */
public sealed interface Framing extends Serializable permits CenterCrop, Letterbox, Squash {

  /** {@return height of the network's input in pixels} */
  int height();

  /** {@return width of the network's input in pixels} */
  int width();

  /**
   * Locates the whole image in the network's input. A point (x, y) of the image is at (x w / width
   * + left, y h / height + top) of the rectangle of h x w pixels.
   *
   * @param width width of the whole image in pixels
   * @param height its height
   * @return the rectangle, in pixels of the input; it exceeds the input where the image is cropped
   */
  Rectangle rectangle(int width, int height);

  /** {@return whether the input may have pixels that are not the image's} */
  default boolean pads() {
    return false;
  }

  /**
   * Resizes with antialiasing, and crops to the part that is seen.
   *
   * @param image any image
   * @param filter the resampling filter
   * @return the input, of its height and width; resized as torchvision resizes a PIL image
   */
  RgbImage apply(RgbImage image, Interpolation filter);

  /**
   * Locates the part that is seen.
   *
   * @param width width of the whole image in pixels
   * @param height its height
   * @return the part, as fractions of the whole; it exceeds the whole where the input is padded
   */
  default Region region(int width, int height) {
    Rectangle at = rectangle(width, height);
    double newWidth = at.width();
    double newHeight = at.height();
    return new Region(
        -at.left() / newWidth, -at.top() / newHeight, width() / newWidth, height() / newHeight);
  }

  /** {@return the parts {@code resize} and {@code crop}, as {@link #parse} reads them} */
  @Override
  String toString();

  /**
   * Parses a framing.
   *
   * @param resize the shorter side after resizing in pixels, HEIGHTxWIDTH for a crop that is not
   *     square, {@code squash} or {@code letterbox}
   * @param crop height and width of the input in pixels: one number for a square, or HEIGHTxWIDTH
   * @return the framing
   * @throws IllegalArgumentException if one is not such a size, or the crop does not fit
   */
  static Framing parse(String resize, String crop) {
    int[] size = size("crop", crop);
    if (resize.equals(Squash.NAME)) {
      return new Squash(size[0], size[1]);
    }
    if (resize.equals(Letterbox.NAME)) {
      return new Letterbox(size[0], size[1]);
    }
    int[] resized = size("resize", resize);
    if (size[0] != size[1] && !resize.contains("x")) {
      throw new IllegalArgumentException(
          "preprocessing resize="
              + resize
              + " does not say to which height and width a crop of "
              + crop
              + " is resized; expected is resize=HEIGHTxWIDTH, squash or letterbox");
    }
    return new CenterCrop(resized[0], resized[1], size[0], size[1]);
  }

  private static int[] size(String name, String value) {
    Matcher m = Sizes.PATTERN.matcher(value);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "preprocessing " + name + "=" + value + " is not a whole number");
    }
    int height = Integer.parseInt(m.group(1));
    return new int[] {height, m.group(2) == null ? height : Integer.parseInt(m.group(2))};
  }

  /** How sizes are written. */
  final class Sizes {
    private static final Pattern PATTERN = Pattern.compile("(-?\\d{1,9})(?:x(\\d{1,9}))?");

    private Sizes() {}
  }

  /** Writes a size as {@link #parse} reads it: one number for a square, else HEIGHTxWIDTH. */
  static String format(int height, int width) {
    return height == width ? "" + height : height + "x" + width;
  }

  /** Checks that an input has pixels. */
  static void requirePositive(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "an input of " + format(height, width) + " pixels is less than 1");
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
