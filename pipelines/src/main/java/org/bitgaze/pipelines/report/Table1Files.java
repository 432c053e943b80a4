package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bitgaze.pipelines.output.SummaryLine;

/** {@link Table1} as Markdown and as LaTeX: mean ± standard deviation, the best of a row bold. */
final class Table1Files {
  private Table1Files() {}

  static String markdown(Table1 table) {
    StringBuilder s = new StringBuilder("| maps | measure |");
    table.networks().forEach(n -> s.append(' ').append(n).append(" |"));
    s.append("\n|---|---|").append("---:|".repeat(table.networks().size())).append('\n');
    for (Table1.Row row : table.rows()) {
      s.append("| ").append(row.pair()).append(" | ").append(row.metric()).append(" |");
      for (Table1.Cell cell : row.cells()) {
        s.append(' ').append(bold(cell, " ± ", "**", "**")).append(" |");
      }
      s.append('\n');
    }
    return s.toString();
  }

  static String latex(Table1 table) {
    StringBuilder s = new StringBuilder("% needs \\usepackage{booktabs}\n");
    s.append("\\begin{tabular}{ll").append("r".repeat(table.networks().size())).append("}\n");
    s.append("\\toprule\n");
    List<String> header = new ArrayList<>(List.of("Maps", "Measure"));
    table.networks().forEach(n -> header.add(escape(n)));
    s.append(String.join(" & ", header)).append(" \\\\\n\\midrule\n");
    String last = null;
    for (Table1.Row row : table.rows()) {
      if (last != null && !last.equals(row.reference())) {
        s.append("\\midrule\n");
      }
      last = row.reference();
      List<String> cells = new ArrayList<>(List.of(escape(row.pair()), escape(row.metric())));
      for (Table1.Cell cell : row.cells()) {
        String text = bold(cell, " \\pm ", "\\mathbf{", "}");
        cells.add(text.isEmpty() ? "" : "$" + text + "$");
      }
      s.append(String.join(" & ", cells)).append(" \\\\\n");
    }
    return s.append("\\bottomrule\n\\end{tabular}\n").toString();
  }

  private static String bold(Table1.Cell cell, String plusMinus, String open, String close) {
    if (cell == null || cell.line().mean() == null) {
      return "";
    }
    SummaryLine line = cell.line();
    String text = String.format(Locale.ROOT, "%.3f", line.mean());
    if (line.std() != null) {
      text += plusMinus + String.format(Locale.ROOT, "%.3f", line.std());
    }
    return cell.best() ? open + text + close : text;
  }

  private static String escape(String text) {
    return text.replaceAll("([_%&#])", "\\\\$1");
  }
}
