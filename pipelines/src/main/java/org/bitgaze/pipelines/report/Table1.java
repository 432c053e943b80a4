package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;

/**
 * The summary laid out as the paper's Table 1: models as columns, pairs of maps and measures as
 * rows. What measures there are, and in which order, {@link Measure} says.
 *
 * @param models names for people
 * @param rows one per pair of maps and measure that was computed
 */
public record Table1(List<String> models, List<Row> rows) {

  /**
   * One pair of maps and measure.
   *
   * @param pair such as {@code int8 / fastgaze}
   * @param precision of the map
   * @param reference what it is compared with
   * @param measure the measure
   * @param cells one per model; null where there is none
   */
  public record Row(
      String pair, String precision, String reference, Measure measure, List<Cell> cells) {

    /**
     * Returns which way is better.
     *
     * @return an arrow
     */
    public String arrow() {
      return measure.better().arrow();
    }
  }

  /**
   * One number and what is known of it.
   *
   * @param line the numbers
   * @param best whether no other model's is better
   */
  public record Cell(SummaryLine line, boolean best) {

    /**
     * Shows mean and deviation, or a share in per cent.
     *
     * @return such as {@code 0.993 ± 0.010}, {@code 98.5 %}; a dash without values
     */
    public String text() {
      if (line.mean() == null) {
        return "-";
      }
      if (MeasureCatalog.of(line.measure()).isShare()) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * line.mean());
      }
      String mean = String.format(Locale.ROOT, "%.3f", line.mean());
      String std = line.std() == null ? "" : String.format(Locale.ROOT, " ± %.3f", line.std());
      return (mean.equals("-0.000") ? "0.000" : mean) + std;
    }
  }

  /**
   * Lays a summary out.
   *
   * @param summary the numbers
   * @return the table
   */
  public static Table1 of(Summary summary) {
    List<Row> rows = new ArrayList<>();
    for (Reference reference : Reference.STANDARD) {
      for (String precision : summary.precisions()) {
        for (Measure measure : MeasureCatalog.all()) {
          row(summary, precision, reference, measure).ifPresent(rows::add);
        }
      }
    }
    return new Table1(List.copyOf(summary.models().values()), rows);
  }

  private static Optional<Row> row(
      Summary summary, String precision, Reference reference, Measure measure) {
    List<SummaryLine> lines = new ArrayList<>();
    summary
        .models()
        .keySet()
        .forEach(
            model ->
                lines.add(
                    summary.line(model, precision, reference.id(), measure.id()).orElse(null)));
    if (lines.stream().allMatch(Objects::isNull)) {
      return Optional.empty();
    }
    if (measure == StandardMeasure.VANISHED
        && lines.stream().allMatch(l -> l == null || l.mean() == null || l.mean() == 0)) {
      return Optional.empty();
    }
    Comparator<Double> order =
        measure.better() == Measure.Better.SMALLER
            ? Comparator.reverseOrder()
            : Comparator.naturalOrder();
    Optional<Double> best =
        lines.stream().filter(l -> l != null && l.mean() != null).map(SummaryLine::mean).max(order);
    List<Cell> cells = new ArrayList<>();
    for (SummaryLine line : lines) {
      boolean isBest =
          lines.size() > 1 && line != null && best.isPresent() && best.get().equals(line.mean());
      cells.add(line == null ? null : new Cell(line, isBest));
    }
    String pair =
        reference.equals(Reference.LABEL) ? precision : precision + " / " + reference.id();
    return Optional.of(new Row(pair, precision, reference.id(), measure, cells));
  }

  /**
   * Returns the table for a terminal.
   *
   * @return lines of equal columns
   */
  public List<String> text() {
    List<List<String>> cells = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("maps", "measure"));
    header.addAll(models);
    cells.add(header);
    for (Row row : rows) {
      List<String> line = new ArrayList<>(List.of(row.pair(), row.measure().id()));
      row.cells().forEach(c -> line.add(c == null ? "" : c.text()));
      cells.add(line);
    }
    return Columns.text(cells);
  }

  /**
   * Returns the table as Markdown, the best of a row bold.
   *
   * @return a table of as many columns as there are models, and two
   */
  public String markdown() {
    StringBuilder s = new StringBuilder("| maps | measure |");
    models.forEach(n -> s.append(' ').append(n).append(" |"));
    s.append("\n|---|---|").append("---:|".repeat(models.size())).append('\n');
    for (Row row : rows) {
      s.append("| ").append(row.pair()).append(" | ").append(row.measure().id()).append(" |");
      for (Cell cell : row.cells()) {
        String text = cell == null ? "" : cell.text();
        s.append(' ').append(cell != null && cell.best() ? "**" + text + "**" : text).append(" |");
      }
      s.append('\n');
    }
    return s.toString();
  }

  /**
   * Returns the table as LaTeX with booktabs, the best of a row bold.
   *
   * @return a tabular environment
   */
  public String latex() {
    StringBuilder s = new StringBuilder("% needs \\usepackage{booktabs}\n");
    s.append("\\begin{tabular}{ll").append("r".repeat(models.size())).append("}\n\\toprule\n");
    List<String> header = new ArrayList<>(List.of("Maps", "Measure"));
    models.forEach(n -> header.add(escape(n)));
    s.append(String.join(" & ", header)).append(" \\\\\n\\midrule\n");
    String last = null;
    for (Row row : rows) {
      if (last != null && !last.equals(row.reference())) {
        s.append("\\midrule\n");
      }
      last = row.reference();
      List<String> cells = new ArrayList<>(List.of(escape(row.pair()), row.measure().id()));
      for (Cell cell : row.cells()) {
        String text = cell == null ? "" : escape(cell.text()).replace("±", "\\pm");
        String set = cell != null && cell.best() ? "\\mathbf{" + text + "}" : text;
        cells.add(text.isEmpty() || text.equals("-") ? text : "$" + set + "$");
      }
      s.append(String.join(" & ", cells)).append(" \\\\\n");
    }
    return s.append("\\bottomrule\n\\end{tabular}\n").toString();
  }

  private static String escape(String text) {
    return text.replaceAll("([_%&#])", "\\\\$1");
  }
}
