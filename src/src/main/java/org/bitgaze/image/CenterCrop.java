package org.bitgaze.image;

/**
 * The shorter side resized, then the centre cut out, as torchvision's evaluation transforms do it.
 *
 * @param resize shorter side after resizing, in pixels
 * @param side side of the crop, in pixels, at most {@code resize}
 */
public record CenterCrop(int resize, int side) implements Framing {
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

  /** Length of an edge after the shorter one was resized. */
  private int resized(int edge, int shorter) {
    return (int) ((double) resize * edge / shorter);
  }

  private Taps taps(Interpolation filter, int size, int newSize) {
    return Taps.of(filter, size, newSize, offset(newSize), side);
  }

  /** torchvision's centre crop rounds half to even, as Python does. */
  private int offset(int newSize) {
    return (int) Math.rint((newSize - side) / 2.0);
  }

  @Override
  public String toString() {
    return "resize=" + resize + ",crop=" + side;
  }
}
