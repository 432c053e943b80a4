package org.bitgaze.pipelines.table;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders a table as GitHub's Markdown. */
final class MarkdownTable {
  private MarkdownTable() {}

  static String render(Table table) {
    StringBuilder s = new StringBuilder();
    s.append(line(table.columns().stream().map(Table.Column::name)));
    s.append('|');
    table.columns().forEach(column -> s.append(column.isNumeric() ? "---:|" : "---|"));
    s.append('\n');
    table.rows().forEach(row -> s.append(line(row.cells().stream().map(MarkdownTable::text))));
    return s.toString();
  }

  private static String text(Cell cell) {
    return cell.strong() ? "**" + cell.text() + "**" : cell.text();
  }

  private static String line(Stream<String> cells) {
    return cells
        .map(text -> text.replace("|", "\\|").replace("\n", " "))
        .map(text -> text.isEmpty() ? " |" : " " + text + " |")
        .collect(Collectors.joining("", "|", "\n"));
  }
}
