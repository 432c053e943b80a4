package org.bitgaze.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Hashtable;

/** Turns and mirrors images as EXIF numbers it. */
final class Orientation {
  private Orientation() {}

  /**
   * Makes an image upright.
   *
   * @param image as it is stored
   * @param orientation 1 (upright) to 8: where row 0 and column 0 of the stored image belong
   * @return the same pixels; from 5 on width and height are exchanged
   */
  static RgbImage apply(RgbImage image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    int width = orientation > 4 ? image.height() : image.width();
    int height = orientation > 4 ? image.width() : image.height();
    byte[] pixels = new byte[image.pixels().length];
    int to = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++, to += 3) {
        int from =
            row(orientation, x, y, image.height()) * image.width()
                + column(orientation, x, y, image.width());
        System.arraycopy(image.pixels(), 3 * from, pixels, to, 3);
      }
    }
    return new RgbImage(height, width, pixels);
  }

  /**
   * Makes an image upright, whatever its pixels are.
   *
   * @param image as it is stored
   * @param orientation 1 to 8
   * @return the same pixels, of the same colour model
   */
  static BufferedImage apply(BufferedImage image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    Raster raster = image.getRaster();
    int width = orientation > 4 ? image.getHeight() : image.getWidth();
    int height = orientation > 4 ? image.getWidth() : image.getHeight();
    WritableRaster upright = raster.createCompatibleWritableRaster(width, height);
    Object pixel = null;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int column = column(orientation, x, y, image.getWidth());
        int row = row(orientation, x, y, image.getHeight());
        pixel = raster.getDataElements(column, row, pixel);
        upright.setDataElements(x, y, pixel);
      }
    }
    return new BufferedImage(
        image.getColorModel(), upright, image.isAlphaPremultiplied(), new Hashtable<>());
  }

  /** {@return the stored row of a pixel of the upright image} */
  private static int row(int orientation, int x, int y, int height) {
    int row = orientation > 4 ? x : y;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    return fromBottom ? height - 1 - row : row;
  }

  /** {@return the stored column of a pixel of the upright image} */
  private static int column(int orientation, int x, int y, int width) {
    int column = orientation > 4 ? y : x;
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    return fromRight ? width - 1 - column : column;
  }
}
