package org.bitgaze.image;

/**
 * Resizes an image so that it covers a rectangle, then takes the centre, as torchvision's
 * evaluation transforms do with squares.
 *
 * @param resizedHeight the height that a resized image has at least, in pixels
 * @param resizedWidth the width that it has at least; a resized image has one of both exactly
 * @param height height of the crop in pixels, at most {@code resizedHeight}
 * @param width width of the crop in pixels, at most {@code resizedWidth}
 */
public record CenterCrop(int resizedHeight, int resizedWidth, int height, int width)
    implements Framing {
  private static final long serialVersionUID = 1L;

  /** The crop of most of torchvision's weights: 224 of 256 pixels. */
  public static final CenterCrop IMAGENET = new CenterCrop(256, 224);

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if the crop is empty or larger than the resized image
   */
  public CenterCrop {
    if (height < 1 || width < 1 || height > resizedHeight || width > resizedWidth) {
      throw new IllegalArgumentException(
          "a crop of "
              + Framing.format(height, width)
              + " pixels does not fit an image resized to "
              + Framing.format(resizedHeight, resizedWidth)
              + " pixels");
    }
  }

  /**
   * Takes a square.
   *
   * @param resize shorter side after resizing, in pixels
   * @param side side of the crop, in pixels, at most {@code resize}
   */
  public CenterCrop(int resize, int side) {
    this(resize, resize, side, side);
  }

  /**
   * Takes a crop of any size with the proportions of {@link #IMAGENET}: 7/8 of the resized image.
   *
   * @param height height of the crop in pixels
   * @param width its width
   * @return the crop
   */
  public static CenterCrop imagenet(int height, int width) {
    return new CenterCrop(
        HalfEven.of((long) height * IMAGENET.resizedHeight, IMAGENET.height),
        HalfEven.of((long) width * IMAGENET.resizedWidth, IMAGENET.width),
        height,
        width);
  }

  @Override
  public RgbImage apply(RgbImage image, Interpolation filter) {
    Rectangle at = rectangle(image.width(), image.height());
    return Resampling.apply(
        image,
        Taps.of(filter, image.height(), at.height(), -at.top(), height),
        Taps.of(filter, image.width(), at.width(), -at.left(), width));
  }

  /** Rounds half to even, as torchvision's centre crop does. */
  @Override
  public Rectangle rectangle(int imageWidth, int imageHeight) {
    boolean tall = (long) imageWidth * resizedHeight <= (long) imageHeight * resizedWidth;
    int newWidth = tall ? resizedWidth : fraction(resizedHeight, imageWidth, imageHeight);
    int newHeight = tall ? fraction(resizedWidth, imageHeight, imageWidth) : resizedHeight;
    return new Rectangle(
        -HalfEven.of(newHeight - height, 2),
        -HalfEven.of(newWidth - width, 2),
        newHeight,
        newWidth);
  }

  private static int fraction(int size, int edge, int other) {
    return Math.toIntExact((long) size * edge / other);
  }

  @Override
  public String toString() {
    return "resize="
        + Framing.format(resizedHeight, resizedWidth)
        + ",crop="
        + Framing.format(height, width);
  }
}
