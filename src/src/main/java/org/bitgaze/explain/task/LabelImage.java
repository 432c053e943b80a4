package org.bitgaze.explain.task;

import java.util.Arrays;
import org.bitgaze.explain.Truth;

/**
 * The class of each pixel of a picture.
 *
 * @param height of the picture in pixels, at any scale
 * @param width its width
 * @param classes class ids, row by row, as unsigned bytes; {@link #IGNORED} where it is unknown
 */
public record LabelImage(int height, int width, byte[] classes) implements Truth {
  private static final long serialVersionUID = 1L;

  /** Stands for a pixel that does not count. */
  public static final int IGNORED = 255;

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if there are not height * width classes
   */
  public LabelImage {
    if (classes.length != height * width) {
      throw new IllegalArgumentException(
          classes.length + " classes for " + width + " x " + height + " pixels");
    }
  }

  int at(int row, int column) {
    return classes[row * width + column] & 0xff;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LabelImage that
        && height == that.height
        && width == that.width
        && Arrays.equals(classes, that.classes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(classes);
  }
}
