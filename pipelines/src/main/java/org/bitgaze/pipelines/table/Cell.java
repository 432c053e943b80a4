package org.bitgaze.pipelines.table;

import javax.annotation.Nullable;

/**
 * One cell of a table.
 *
 * @param value what CSV holds: text, a number or a boolean; null for nothing
 * @param text what people see
 * @param strong whether the cell stands out, as the best of its row
 */
public record Cell(@Nullable Object value, String text, boolean strong) {
  /** A cell with nothing in it. */
  public static final Cell EMPTY = new Cell(null, "", false);

  /**
   * Makes a cell.
   *
   * @param value a cell, which stays as it is, or its value; null for nothing
   */
  static Cell of(@Nullable Object value) {
    if (value instanceof Cell cell) {
      return cell;
    }
    return value == null ? EMPTY : new Cell(value, String.valueOf(value), false);
  }
}
