package org.bitgaze.image;

/**
 * Resizes the whole image to a square, without keeping its proportions.
 *
 * @param side of the square, in pixels
 */
public record Squash(int side) implements Framing {
  private static final long serialVersionUID = 1L;

  /** The name of this framing in place of a resized size. */
  public static final String NAME = "squash";

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if the square is empty
   */
  public Squash {
    if (side < 1) {
      throw new IllegalArgumentException("a side of " + side + " pixels is less than 1");
    }
  }

  @Override
  public RgbImage apply(RgbImage image, Interpolation filter) {
    return Resampling.apply(
        image,
        Taps.of(filter, image.height(), side, 0, side),
        Taps.of(filter, image.width(), side, 0, side));
  }

  @Override
  public Region region(int width, int height) {
    return Region.WHOLE;
  }

  @Override
  public String toString() {
    return "resize=" + NAME + ",crop=" + side;
  }
}
