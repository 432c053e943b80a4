package org.bitgaze.explain.task;

import java.util.Arrays;
import org.bitgaze.explain.Answer;
import org.bitgaze.image.Rectangle;

/**
 * The class of each output pixel that is in the picture.
 *
 * @param pixels the output pixels that are in the picture
 * @param classes their classes, row by row, as unsigned bytes
 * @param mainClass the dominant class: the class but 0 with the most pixels, the lowest if several
 *     have as many; 0 if there is no other
 * @param probability the dominant class's share of the pixels, in [0, 1]
 */
public record ClassMap(Rectangle pixels, byte[] classes, int mainClass, double probability)
    implements Answer {
  private static final long serialVersionUID = 1L;

  static ClassMap of(Rectangle pixels, byte[] classes, int count) {
    int[] sizes = new int[count];
    for (byte c : classes) {
      sizes[c & 0xff]++;
    }
    int dominant = 0;
    for (int c = 1; c < count; c++) {
      dominant = sizes[c] > (dominant == 0 ? 0 : sizes[dominant]) ? c : dominant;
    }
    return new ClassMap(
        pixels, classes, dominant, (double) sizes[dominant] / Math.max(1, classes.length));
  }

  /**
   * Finds a pixel in the output.
   *
   * @param index of the pixel among {@link #classes}
   * @return its row
   */
  int row(int index) {
    return pixels.top() + index / pixels.width();
  }

  /**
   * Finds a pixel in the output.
   *
   * @param index of the pixel among {@link #classes}
   * @return its column
   */
  int column(int index) {
    return pixels.left() + index % pixels.width();
  }

  /**
   * Counts a class's pixels.
   *
   * @param index the class
   * @return the number of pixels in the picture
   */
  public int count(int index) {
    int count = 0;
    for (byte c : classes) {
      count += (c & 0xff) == index ? 1 : 0;
    }
    return count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClassMap that
        && pixels.equals(that.pixels)
        && Arrays.equals(classes, that.classes);
  }

  @Override
  public int hashCode() {
    return 31 * pixels.hashCode() + Arrays.hashCode(classes);
  }
}
