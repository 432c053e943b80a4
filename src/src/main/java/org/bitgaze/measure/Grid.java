package org.bitgaze.measure;

import java.util.Optional;
import org.bitgaze.image.Framing;
import org.bitgaze.image.HalfEven;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Rectangle;

/**
 * The comparison grid over a network's input: its longer side has {@link ScaledMap#GRID} cells.
 * Maps are compared in the cells that show the picture, and not in those that show padding.
 *
 * @param inputHeight height of the input in pixels
 * @param inputWidth its width
 * @param picture where the whole picture lies in the input, in pixels; it exceeds the input where
 *     the picture is cropped
 */
public record Grid(int inputHeight, int inputWidth, Rectangle picture) {
  /** Over a square input that shows nothing but the picture. */
  public static final Grid SQUARE = of(ScaledMap.GRID, ScaledMap.GRID);

  /**
   * Covers an input that shows nothing but the picture.
   *
   * @param inputHeight height of the input in pixels
   * @param inputWidth its width
   * @return the grid
   */
  public static Grid of(int inputHeight, int inputWidth) {
    return new Grid(inputHeight, inputWidth, Rectangle.of(inputHeight, inputWidth));
  }

  /**
   * Covers what a framing makes of an image.
   *
   * @param framing the framing
   * @param image the image's size; without it, all of the input counts as picture
   * @return the grid
   */
  public static Grid of(Framing framing, Optional<ImageSize> image) {
    return image
        .map(size -> framing.rectangle(size.width(), size.height()))
        .map(picture -> new Grid(framing.height(), framing.width(), picture))
        .orElseGet(() -> of(framing.height(), framing.width()));
  }

  /** {@return the number of rows} */
  public int height() {
    return side(inputHeight, inputWidth);
  }

  /** {@return the number of columns} */
  public int width() {
    return side(inputWidth, inputHeight);
  }

  private static int side(int own, int other) {
    return own >= other
        ? ScaledMap.GRID
        : Math.max(1, HalfEven.of((long) ScaledMap.GRID * own, other));
  }

  /** {@return the grid's cells that show the picture} */
  public Rectangle cells() {
    return cells(height(), width());
  }

  /**
   * Finds the cells of a map of the input that show the picture.
   *
   * @param rows height of the map
   * @param columns its width
   * @return the cells whose centres are in the picture
   */
  public Rectangle cells(int rows, int columns) {
    return picture.cells(inputHeight, inputWidth, rows, columns);
  }
}
