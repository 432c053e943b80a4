package org.bitgaze.pipelines.table;

import java.util.ArrayList;
import java.util.List;

/** Renders a table for a terminal. */
final class TextTable {
  private static final String GAP = "  ";

  private TextTable() {}

  static List<String> render(Table table) {
    List<Table.Column> columns = table.columns();
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Table.Column::name).toList());
    table.rows().forEach(row -> lines.add(row.cells().stream().map(Cell::text).toList()));
    int[] widths = new int[columns.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    List<String> text = new ArrayList<>();
    for (List<String> line : lines) {
      List<String> padded = new ArrayList<>();
      for (int i = 0; i < widths.length; i++) {
        String space = " ".repeat(widths[i] - line.get(i).length());
        padded.add(columns.get(i).isNumeric() ? space + line.get(i) : line.get(i) + space);
      }
      String joined = String.join(GAP, padded);
      text.add(joined.stripTrailing());
      if (text.size() == 1) {
        text.add("-".repeat(joined.length()));
      }
    }
    return text;
  }
}
