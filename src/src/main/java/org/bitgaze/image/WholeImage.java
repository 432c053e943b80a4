package org.bitgaze.image;

/**
 * What is kept of a whole image: small enough to travel, large enough for models of gaze, which
 * look at whole pictures as people do.
 *
 * @param width width of the image before it was fitted, in pixels
 * @param height its height
 * @param fitted the image with its longer side {@link #SIDE} pixels long
 */
public record WholeImage(int width, int height, RgbImage fitted) {
  /** Longer side of the fitted image in pixels. */
  public static final int SIDE = 320;

  /**
   * Fits an image: its longer side becomes {@link #SIDE} pixels long (a small image is enlarged),
   * the other as many as keep the proportions, rounded half up, at least 1. Pillow's bilinear
   * filter, antialiased.
   *
   * @param image any image
   * @return its fitted form
   */
  public static WholeImage of(RgbImage image) {
    int longer = Math.max(image.width(), image.height());
    int width = fitted(image.width(), longer);
    int height = fitted(image.height(), longer);
    RgbImage fitted =
        Resampling.apply(
            image,
            Taps.of(Interpolation.BILINEAR, image.height(), height, 0, height),
            Taps.of(Interpolation.BILINEAR, image.width(), width, 0, width));
    return new WholeImage(image.width(), image.height(), fitted);
  }

  private static int fitted(int edge, int longer) {
    return (int) Math.max(1, (2L * edge * SIDE + longer) / (2L * longer));
  }

  /**
   * Brings the fitted image to the size that a network takes, without keeping its proportions, by
   * the filter that fitted it.
   *
   * @param rows height in pixels
   * @param columns width in pixels
   * @return the whole image
   */
  public RgbImage squashed(int rows, int columns) {
    return Resampling.apply(
        fitted,
        Taps.of(Interpolation.BILINEAR, fitted.height(), rows, 0, rows),
        Taps.of(Interpolation.BILINEAR, fitted.width(), columns, 0, columns));
  }

  /**
   * Finds what is seen through a framing.
   *
   * @param framing a framing of this image
   * @return the part, as shares of the whole
   */
  public Framing.Region region(Framing framing) {
    return framing.region(width, height);
  }
}
