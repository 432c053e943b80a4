package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.List;

/** Lays cells out for a terminal. */
final class Columns {
  private Columns() {}

  /** Lines of equal columns, with a rule under the first, which is the header. */
  static List<String> text(List<List<String>> cells) {
    int[] widths = new int[cells.get(0).size()];
    for (List<String> line : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> line : cells) {
      StringBuilder s = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        s.append(i == 0 ? "" : "  ").append(line.get(i));
        s.append(" ".repeat(widths[i] - line.get(i).length()));
      }
      lines.add(s.toString().stripTrailing());
      if (lines.size() == 1) {
        lines.add("-".repeat(s.length()));
      }
    }
    return lines;
  }
}
