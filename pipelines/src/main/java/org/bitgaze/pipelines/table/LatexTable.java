package org.bitgaze.pipelines.table;

import java.util.ArrayList;
import java.util.List;

/** Renders a table as LaTeX. */
final class LatexTable {
  private LatexTable() {}

  static String render(Table table) {
    StringBuilder s = new StringBuilder("% needs \\usepackage{booktabs}\n\\begin{tabular}{");
    table.columns().forEach(column -> s.append(column.isNumeric() ? 'r' : 'l'));
    s.append("}\n\\toprule\n");
    s.append(line(table.columns().stream().map(column -> escape(column.name())).toList()));
    s.append("\\midrule\n");
    for (Table.Row row : table.rows()) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < row.cells().size(); i++) {
        cells.add(text(row.cells().get(i), table.columns().get(i).isNumeric()));
      }
      s.append(row.ruled() ? "\\midrule\n" : "").append(line(cells));
    }
    return s.append("\\bottomrule\n\\end{tabular}\n").toString();
  }

  private static String text(Cell cell, boolean isNumeric) {
    String text = escape(cell.text());
    if (!isNumeric || text.isEmpty() || text.equals("-")) {
      return text;
    }
    String number = text.replace("±", "\\pm");
    return "$" + (cell.strong() ? "\\mathbf{" + number + "}" : number) + "$";
  }

  private static String line(List<String> cells) {
    return String.join(" & ", cells) + " \\\\\n";
  }

  private static String escape(String text) {
    return text.replaceAll("([_%&#])", "\\\\$1");
  }
}
