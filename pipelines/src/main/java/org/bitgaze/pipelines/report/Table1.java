package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.zoo.Architecture;

/**
 * The summary laid out as the paper's Table 1: networks as columns, pairs of maps and measures as
 * rows.
 *
 * @param networks names as papers write them
 * @param rows one per pair of maps and measure that was computed
 */
public record Table1(List<String> networks, List<Row> rows) {
  private static final List<String> REFERENCES = List.of("saliency", "mask", "f32");
  private static final List<String> MEASURES =
      List.of("SIM", "CC", "KLD", "pointing", "energy", "flip");

  /** Measures that are better when they are smaller. */
  private static final List<String> SMALLER_IS_BETTER = List.of("KLD", "flip");

  private static final Map<String, String> ARROWS = Map.of("KLD", "↓", "flip", "↓");

  /**
   * One pair of maps and measure.
   *
   * @param pair such as {@code int8 / saliency}
   * @param precision of the map
   * @param reference what it is compared with
   * @param metric the measure
   * @param arrow which way is better
   * @param cells one per network; null where there is none
   */
  public record Row(
      String pair,
      String precision,
      String reference,
      String metric,
      String arrow,
      List<Cell> cells) {}

  /**
   * One number and what is known of it.
   *
   * @param line the numbers
   * @param best whether no other network's is better
   */
  public record Cell(SummaryLine line, boolean best) {}

  /**
   * Lays a summary out.
   *
   * @param summary the numbers
   * @return the table
   */
  public static Table1 of(Summary summary) {
    List<Row> rows = new ArrayList<>();
    for (String reference : REFERENCES) {
      for (String precision : summary.precisions()) {
        for (String metric : MEASURES) {
          add(rows, summary, precision, reference, metric);
        }
      }
    }
    for (String precision : summary.precisions()) {
      add(rows, summary, precision, "label", "top1");
    }
    return new Table1(
        summary.networks().stream().map(n -> Architecture.of(n).title()).toList(), rows);
  }

  private static void add(
      List<Row> rows, Summary summary, String precision, String reference, String metric) {
    List<SummaryLine> lines =
        summary.networks().stream()
            .map(n -> summary.line(n, precision, reference, metric).orElse(null))
            .toList();
    if (lines.stream().allMatch(Objects::isNull)) {
      return;
    }
    Comparator<Double> order =
        SMALLER_IS_BETTER.contains(metric) ? Comparator.reverseOrder() : Comparator.naturalOrder();
    Optional<Double> best =
        lines.stream().filter(l -> l != null && l.mean() != null).map(SummaryLine::mean).max(order);
    List<Cell> cells = new ArrayList<>();
    for (SummaryLine line : lines) {
      boolean isBest =
          lines.size() > 1 && line != null && best.isPresent() && best.get().equals(line.mean());
      cells.add(line == null ? null : new Cell(line, isBest));
    }
    String pair = reference.equals("label") ? precision : precision + " / " + reference;
    rows.add(new Row(pair, precision, reference, metric, ARROWS.getOrDefault(metric, "↑"), cells));
  }
}
