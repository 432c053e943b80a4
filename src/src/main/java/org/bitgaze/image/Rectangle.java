package org.bitgaze.image;

import java.io.Serializable;

/**
 * A rectangle of pixels or cells.
 *
 * @param top the first row; negative if it begins above the first pixel
 * @param left the first column; likewise
 * @param height number of rows
 * @param width number of columns
 */
public record Rectangle(int top, int left, int height, int width) implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Takes a whole area.
   *
   * @param height its height
   * @param width its width
   * @return a rectangle that begins at the first pixel
   */
  public static Rectangle of(int height, int width) {
    return new Rectangle(0, 0, height, width);
  }

  /**
   * Finds the cells that lie in this rectangle: those whose centres do. Cell k of n cells over size
   * pixels has its centre at (k + 1/2) size / n.
   *
   * @param areaHeight height of the area in pixels, of which this rectangle is a part
   * @param areaWidth its width
   * @param rows number of rows of cells that cover the area
   * @param columns number of columns
   * @return the cells; empty if no centre lies in the rectangle
   */
  public Rectangle cells(int areaHeight, int areaWidth, int rows, int columns) {
    int[] y = seen(top, height, areaHeight, rows);
    int[] x = seen(left, width, areaWidth, columns);
    return new Rectangle(y[0], x[0], y[1] - y[0], x[1] - x[0]);
  }

  /** The first cell in the rectangle, and the one after the last. */
  private static int[] seen(int start, int length, int size, int count) {
    int first = 0;
    while (first < count && (2L * first + 1) * size < 2L * count * start) {
      first++;
    }
    int end = first;
    while (end < count && (2L * end + 1) * size < 2L * count * ((long) start + length)) {
      end++;
    }
    return new int[] {first, end};
  }

  /**
   * Tells whether a cell lies in this rectangle.
   *
   * @param row of the cell
   * @param column of the cell
   * @return whether it does
   */
  public boolean contains(int row, int column) {
    return row >= top && row < top + height && column >= left && column < left + width;
  }

  /** {@return the number of cells} */
  public int area() {
    return height * width;
  }
}
