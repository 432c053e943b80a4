package org.bitgaze.image;

/**
 * A whole image, reduced for saliency models, which look at whole pictures as people do.
 *
 * @param width width of the image before it was fitted, in pixels
 * @param height height of the image before it was fitted, in pixels
 * @param fitted the image with its longer side {@link #SIDE} pixels long
 */
public record WholeImage(int width, int height, RgbImage fitted) {
  /** Longer side of the fitted image in pixels. */
  public static final int SIDE = 320;

  /**
   * Fits an image: its longer side becomes {@link #SIDE} pixels long (a small image is enlarged),
   * the other keeps the proportions, rounded half up, at least 1. The filter is Pillow's bilinear,
   * antialiased.
   *
   * @param image any image
   * @return the fitted image
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
   * Resizes the fitted image without keeping its proportions, by the same filter.
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
   * Locates the part that a framing sees.
   *
   * @param framing a framing of this image
   * @return the part, as fractions of the whole
   */
  public Framing.Region region(Framing framing) {
    return framing.region(width, height);
  }
}
