package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Table;

/**
 * The summary in the layout of the paper's Table 1: models are columns, pairs of maps and measures
 * are rows.
 *
 * @param models the models' titles
 * @param rows one per pair of maps and measure that was computed
 */
record Table1(List<String> models, List<Row> rows) {

  /**
   * One pair of maps and one measure.
   *
   * @param pair such as {@code int8 / fastgaze}
   * @param precision the map's precision
   * @param reference what it is compared with
   * @param measure the measure
   * @param cells one per model, in their order
   */
  record Row(
      String pair,
      String precision,
      Reference reference,
      Measure measure,
      List<Optional<SummaryCell>> cells) {}

  static Table1 of(Summary summary) {
    List<Row> rows = new ArrayList<>();
    for (Reference reference : summary.references(r -> true)) {
      for (String precision : summary.precisions()) {
        for (Measure measure : summary.measures(m -> true)) {
          row(summary, precision, reference, measure).ifPresent(rows::add);
        }
      }
    }
    return new Table1(List.copyOf(summary.models().values()), rows);
  }

  private static Optional<Row> row(
      Summary summary, String precision, Reference reference, Measure measure) {
    List<Optional<SummaryLine>> lines = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      lines.add(summary.line(model, precision, reference.id(), measure.id()));
    }
    List<Double> means = lines.stream().flatMap(Optional::stream).map(SummaryLine::mean).toList();
    boolean noneVanished =
        measure == StandardMeasure.VANISHED
            && means.stream().allMatch(mean -> mean == null || mean == 0);
    // Tasks whose answers are sets or maps have no single label to be right about.
    boolean noLabels =
        measure.domain() == Measure.Domain.LABEL && means.stream().allMatch(Objects::isNull);
    if (means.isEmpty() || noneVanished || noLabels) {
      return Optional.empty();
    }
    Comparator<Double> order = Comparator.naturalOrder();
    Optional<Double> best =
        means.stream()
            .filter(Objects::nonNull)
            .max(measure.better() == Measure.Better.SMALLER ? order.reversed() : order);
    List<Optional<SummaryCell>> cells = new ArrayList<>();
    for (Optional<SummaryLine> line : lines) {
      cells.add(
          line.map(
              l ->
                  new SummaryCell(
                      l, lines.size() > 1 && best.filter(b -> b.equals(l.mean())).isPresent())));
    }
    // Measures that also compare with f32 need a row of their own.
    boolean shared = measure.domain() == Measure.Domain.LABEL;
    String pair =
        reference.equals(Reference.LABEL) && shared
            ? precision
            : precision + " / " + reference.id();
    return Optional.of(new Row(pair, precision, reference, measure, cells));
  }

  /** The table; the best cell of a row stands out, and references are separated by rules. */
  Table table(String maps, String measure) {
    Layout<Row> layout =
        new Layout<Row>().left(maps, Row::pair).left(measure, row -> row.measure().id());
    for (int i = 0; i < models.size(); i++) {
      int model = i;
      layout.right(models.get(i), row -> SummaryCell.cell(row.cells().get(model)));
    }
    return layout.ruled((above, row) -> !above.reference().equals(row.reference())).of(rows);
  }
}
