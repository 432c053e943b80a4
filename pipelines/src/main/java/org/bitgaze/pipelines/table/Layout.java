package org.bitgaze.pipelines.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * The columns of tables whose rows show values of one type. Each column has a function that returns
 * a {@link Cell}, or the value of one.
 *
 * @param <T> what a row shows
 */
public final class Layout<T> {
  private final List<Table.Column> columns = new ArrayList<>();
  private final List<Function<? super T, ?>> cells = new ArrayList<>();
  private BiPredicate<? super T, ? super T> rule = (above, below) -> false;

  /** Adds a column that is aligned to the left, with its heading; returns this layout. */
  public Layout<T> left(String name, Function<? super T, ?> cell) {
    return column(new Table.Column(name, false), cell);
  }

  /** Adds a column that is aligned to the right, for numbers; returns this layout. */
  public Layout<T> right(String name, Function<? super T, ?> cell) {
    return column(new Table.Column(name, true), cell);
  }

  private Layout<T> column(Table.Column column, Function<? super T, ?> cell) {
    columns.add(column);
    cells.add(cell);
    return this;
  }

  /** Sets which two successive rows a rule separates; returns this layout. */
  public Layout<T> ruled(BiPredicate<? super T, ? super T> between) {
    rule = between;
    return this;
  }

  /** {@return a table with one row per value} */
  public Table of(Collection<? extends T> values) {
    List<Table.Row> rows = new ArrayList<>();
    T above = null;
    for (T value : values) {
      List<Cell> row = cells.stream().map(cell -> Cell.of(cell.apply(value))).toList();
      rows.add(new Table.Row(row, above != null && rule.test(above, value)));
      above = value;
    }
    return new Table(List.copyOf(columns), rows);
  }
}
