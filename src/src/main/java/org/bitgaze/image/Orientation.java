package org.bitgaze.image;

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
    boolean exchanged = orientation > 4;
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int width = exchanged ? image.height() : image.width();
    int height = exchanged ? image.width() : image.height();
    byte[] pixels = new byte[image.pixels().length];
    int to = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++, to += 3) {
        int column = exchanged ? y : x;
        int row = exchanged ? x : y;
        int from =
            3
                * ((fromBottom ? image.height() - 1 - row : row) * image.width()
                    + (fromRight ? image.width() - 1 - column : column));
        System.arraycopy(image.pixels(), from, pixels, to, 3);
      }
    }
    return new RgbImage(height, width, pixels);
  }
}
