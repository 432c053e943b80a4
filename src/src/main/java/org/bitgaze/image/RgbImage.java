package org.bitgaze.image;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * An 8-bit RGB image.
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
          "an image of "
              + width
              + " x "
              + height
              + " needs 3 bytes per pixel, found "
              + pixels.length);
    }
  }

  /** {@return a copy that ImageIO can write in any format} */
  public BufferedImage toBufferedImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < width * height; i++) {
      int red = pixels[3 * i] & 0xff;
      int green = pixels[3 * i + 1] & 0xff;
      int blue = pixels[3 * i + 2] & 0xff;
      image.setRGB(i % width, i / width, red << 16 | green << 8 | blue);
    }
    return image;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage that
        && that.height == height
        && that.width == width
        && Arrays.equals(that.pixels, pixels);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(pixels);
  }
}
