package org.bitgaze.pipelines.table;

import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;

/** Renders a table as CSV. */
final class CsvTable {
  private CsvTable() {}

  static String render(Table table) {
    StringBuilder s = new StringBuilder();
    s.append(line(table.columns().stream().map(Table.Column::name)));
    table.rows().forEach(row -> s.append(line(row.cells().stream().map(Cell::value))));
    return s.toString();
  }

  private static String line(Stream<?> values) {
    return CSVFormat.DEFAULT.format(values.toArray()) + "\n";
  }
}
