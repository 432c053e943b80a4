package org.bitgaze.image;

import java.util.Arrays;

/**
 * Resizes the whole image so that it fits the network's input with its proportions kept, and fills
 * the rest with grey, (114, 114, 114), as Ultralytics does.
 *
 * @param height height of the network's input in pixels
 * @param width its width
 */
public record Letterbox(int height, int width) implements Framing {
  private static final long serialVersionUID = 1L;

  /** The name of this framing in place of a resized size. */
  public static final String NAME = "letterbox";

  private static final byte GREY = 114;

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if the input is empty
   */
  public Letterbox {
    Framing.requirePositive(height, width);
  }

  @Override
  public RgbImage apply(RgbImage image, Interpolation filter) {
    Rectangle at = rectangle(image.width(), image.height());
    RgbImage fitted =
        Resampling.apply(
            image,
            Taps.of(filter, image.height(), at.height(), 0, at.height()),
            Taps.of(filter, image.width(), at.width(), 0, at.width()));
    byte[] pixels = new byte[height * width * 3];
    Arrays.fill(pixels, GREY);
    return Canvas.paint(new RgbImage(height, width, pixels), fitted, at.left(), at.top());
  }

  @Override
  public Rectangle rectangle(int imageWidth, int imageHeight) {
    boolean wide = (long) imageWidth * height >= (long) imageHeight * width;
    int newWidth = wide ? width : Math.max(1, HalfEven.of((long) imageWidth * height, imageHeight));
    int newHeight =
        wide ? Math.max(1, HalfEven.of((long) imageHeight * width, imageWidth)) : height;
    return new Rectangle((height - newHeight) / 2, (width - newWidth) / 2, newHeight, newWidth);
  }

  @Override
  public boolean pads() {
    return true;
  }

  @Override
  public String toString() {
    return "resize=" + NAME + ",crop=" + Framing.format(height, width);
  }
}
