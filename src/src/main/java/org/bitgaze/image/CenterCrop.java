package org.bitgaze.image;

import java.io.Serializable;

/**
 * The part of an image that a network sees: the shorter side resized, then the centre cut out, as
 * torchvision's evaluation transforms do it. Only the pixels of the crop are ever computed, so that
 * an image of extreme proportions costs no more memory than any other.
 *
 * @param resize shorter side after resizing, in pixels
 * @param side side of the crop, in pixels, at most {@code resize}
 */
public record CenterCrop(int resize, int side) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What most of torchvision's weights were evaluated with: 224 of 256 pixels. */
  public static final CenterCrop IMAGENET = new CenterCrop(256, 224);

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if the crop is empty or larger than the resized image
   */
  public CenterCrop {
    if (side < 1 || side > resize) {
      throw new IllegalArgumentException("a crop of " + side + " of " + resize + " pixels");
    }
  }

  /**
   * Resizes and crops with antialiasing.
   *
   * @param image any image
   * @param filter how pixels are mixed
   * @return {@code side} x {@code side} pixels, equal to torchvision's on a PIL image
   */
  public RgbImage apply(RgbImage image, Interpolation filter) {
    boolean wide = image.height() <= image.width();
    int shorter = wide ? image.height() : image.width();
    int longer = wide ? image.width() : image.height();
    int newLonger = (int) ((double) resize * longer / shorter);
    Taps rows = taps(filter, image.height(), wide ? resize : newLonger);
    Taps columns = taps(filter, image.width(), wide ? newLonger : resize);
    return Resampling.apply(image, rows, columns);
  }

  private Taps taps(Interpolation filter, int size, int newSize) {
    // torchvision's centre crop rounds half to even, as Python does.
    int offset = (int) Math.rint((newSize - side) / 2.0);
    return Taps.of(filter, size, newSize, offset, side);
  }
}
