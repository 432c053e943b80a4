package org.bitgaze.image;

/**
 * Resizes the shorter side, then takes the centre, as torchvision's evaluation transforms do.
 *
 * @param resize shorter side after resizing, in pixels
 * @param side side of the crop, in pixels, at most {@code resize}
 */
public record CenterCrop(int resize, int side) implements Framing {
  private static final long serialVersionUID = 1L;

  /** The crop of most of torchvision's weights: 224 of 256 pixels. */
  public static final CenterCrop IMAGENET = new CenterCrop(256, 224);

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if the crop is empty or larger than the resized image
   */
  public CenterCrop {
    if (side < 1 || side > resize) {
      throw new IllegalArgumentException(
          "a crop of " + side + " pixels does not fit an image resized to " + resize + " pixels");
    }
  }

  @Override
  public RgbImage apply(RgbImage image, Interpolation filter) {
    int shorter = Math.min(image.width(), image.height());
    return Resampling.apply(
        image,
        taps(filter, image.height(), resized(image.height(), shorter)),
        taps(filter, image.width(), resized(image.width(), shorter)));
  }

  @Override
  public Region region(int width, int height) {
    int shorter = Math.min(width, height);
    double newWidth = resized(width, shorter);
    double newHeight = resized(height, shorter);
    return new Region(
        offset(resized(width, shorter)) / newWidth,
        offset(resized(height, shorter)) / newHeight,
        side / newWidth,
        side / newHeight);
  }

  /** The length of an edge after resizing. */
  private int resized(int edge, int shorter) {
    return (int) ((double) resize * edge / shorter);
  }

  private Taps taps(Interpolation filter, int size, int newSize) {
    return Taps.of(filter, size, newSize, offset(newSize), side);
  }

  /** Rounds half to even, as torchvision's centre crop does. */
  private int offset(int newSize) {
    return (int) Math.rint((newSize - side) / 2.0);
  }

  @Override
  public String toString() {
    return "resize=" + resize + ",crop=" + side;
  }
}
