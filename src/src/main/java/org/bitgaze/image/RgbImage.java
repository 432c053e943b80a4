package org.bitgaze.image;

/**
 * An 8-bit sRGB image.
 *
 * @param height in pixels
 * @param width in pixels
 * @param pixels red, green and blue of each pixel, row by row from the top: height * width * 3
 *     bytes
 */
public record RgbImage(int height, int width, byte[] pixels) {

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if there are not height * width * 3 bytes
   */
  public RgbImage {
    if (pixels.length != height * width * 3) {
      throw new IllegalArgumentException(
          "an image of " + width + "x" + height + " has not " + pixels.length + " bytes");
    }
  }
}
