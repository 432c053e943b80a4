package org.bitgaze.pipelines.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bitgaze.zoo.Architecture;

/**
 * The summary laid out as the paper's Table 1: a row per pair of maps and metric, a column per
 * network.
 */
public final class PaperTable {
  private static final List<String> METRICS = List.of("SIM", "CC", "KLD", "pointing", "energy");

  /** Measures that are 0 or 1 for an image, whose mean is a rate. */
  private static final Set<String> RATES = Set.of("pointing", "flip", "top1");

  private PaperTable() {}

  /**
   * Lays the table out as text.
   *
   * @param summary the numbers
   * @return lines of equal columns, mean ± standard deviation
   */
  public static List<String> text(Summary summary) {
    List<List<String>> cells = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("maps", "metric"));
    summary.networks().forEach(n -> header.add(Architecture.of(n).title()));
    cells.add(header);
    for (String reference : List.of("saliency", "mask", "f32")) {
      for (String precision : summary.precisions()) {
        addRows(cells, summary, precision, reference, METRICS);
      }
    }
    for (String precision : summary.precisions()) {
      addRows(cells, summary, precision, "f32", List.of("flip"));
    }
    for (String precision : summary.precisions()) {
      addRows(cells, summary, precision, "label", List.of("top1"));
    }
    return align(cells);
  }

  private static void addRows(
      List<List<String>> cells,
      Summary summary,
      String precision,
      String reference,
      List<String> metrics) {
    for (String metric : metrics) {
      if (summary.networks().stream()
          .noneMatch(n -> summary.line(n, precision, reference, metric).isPresent())) {
        continue;
      }
      String pair = reference.equals("label") ? precision : precision + " / " + reference;
      List<String> row = new ArrayList<>(List.of(pair, metric));
      for (String network : summary.networks()) {
        row.add(
            summary.line(network, precision, reference, metric).map(PaperTable::cell).orElse(""));
      }
      cells.add(row);
    }
  }

  private static String cell(SummaryLine line) {
    if (line.mean() == null) {
      return "-";
    }
    if (RATES.contains(line.metric())) {
      return String.format(Locale.ROOT, "%.1f %%", 100 * line.mean());
    }
    String std = line.std() == null ? "" : String.format(Locale.ROOT, " ± %.3f", line.std());
    String mean = String.format(Locale.ROOT, "%.3f", line.mean());
    return (mean.equals("-0.000") ? "0.000" : mean) + std;
  }

  private static List<String> align(List<List<String>> cells) {
    int columns = cells.get(0).size();
    int[] widths = new int[columns];
    cells.forEach(
        row -> {
          for (int i = 0; i < columns; i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
          }
        });
    List<String> lines = new ArrayList<>();
    for (List<String> row : cells) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(i == 0 ? "" : "  ").append(pad(row.get(i), widths[i]));
      }
      lines.add(line.toString().stripTrailing());
      if (lines.size() == 1) {
        lines.add("-".repeat(line.length()));
      }
    }
    return lines;
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
