package org.bitgaze.network.op;

/**
 * A size, or a distance, in both directions of an image.
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
   * Makes a square size.
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
   * @param least the smallest that is allowed
   * @param what what this is the size of, for the message
   * @return this size
   * @throws IllegalArgumentException if one is smaller
   */
  public Size atLeast(int least, String what) {
    if (height < least || width < least) {
      throw new IllegalArgumentException(what + " is " + this + ", less than " + least);
    }
    return this;
  }

  /** Returns PyTorch's notation: {@code [height, width]}. */
  @Override
  public String toString() {
    return "[" + height + ", " + width + "]";
  }
}
