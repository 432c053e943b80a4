package org.bitgaze.image;

/**
 * Resizes the whole image to the network's input, without keeping its proportions.
 *
 * @param height height of the network's input in pixels
 * @param width its width
 */
public record Squash(int height, int width) implements Framing {
  private static final long serialVersionUID = 1L;

  /** The name of this framing in place of a resized size. */
  public static final String NAME = "squash";

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if the input is empty
   */
  public Squash {
    Framing.requirePositive(height, width);
  }

  /**
   * Resizes to a square.
   *
   * @param side of the square, in pixels
   */
  public Squash(int side) {
    this(side, side);
  }

  @Override
  public RgbImage apply(RgbImage image, Interpolation filter) {
    return Resampling.apply(
        image,
        Taps.of(filter, image.height(), height, 0, height),
        Taps.of(filter, image.width(), width, 0, width));
  }

  @Override
  public Rectangle rectangle(int imageWidth, int imageHeight) {
    return Rectangle.of(height, width);
  }

  @Override
  public String toString() {
    return "resize=" + NAME + ",crop=" + Framing.format(height, width);
  }
}
