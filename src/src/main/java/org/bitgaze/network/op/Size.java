package org.bitgaze.network.op;

/**
 * A size or distance in both directions of an image.
 *
 * @param height in pixels
 * @param width in pixels
 */
public record Size(int height, int width) {
  /** One pixel: no stride, no dilation. */
  public static final Size ONE = of(1);

  /** Nothing: no padding. */
  public static final Size ZERO = of(0);

  /**
   * Creates a square size.
   *
   * @param side height and width
   * @return the size
   */
  public static Size of(int side) {
    return new Size(side, side);
  }

  /**
   * Checks both sizes.
   *
   * @param min the smallest size that is allowed
   * @param what the name of this size, for the message
   * @return this size
   * @throws IllegalArgumentException if one is smaller
   */
  public Size atLeast(int min, String what) {
    if (height < min || width < min) {
      throw new IllegalArgumentException(what + " is " + this + ", less than " + min);
    }
    return this;
  }

  /** {@return PyTorch's notation, {@code [height, width]}} */
  @Override
  public String toString() {
    return "[" + height + ", " + width + "]";
  }
}
