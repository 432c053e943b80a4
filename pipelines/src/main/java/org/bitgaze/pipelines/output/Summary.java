package org.bitgaze.pipelines.output;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;

/**
 * The summary in a fixed order.
 *
 * @param models id to name for people, in the order in which the models were asked for
 * @param precisions the precisions, f32 first
 * @param ranges where the ranges of quantized activations come from: {@code minmax}, {@code
 *     averaged} or {@code dynamic}
 * @param lines by model, precision, reference and measure
 */
public record Summary(
    Map<String, String> models, List<String> precisions, String ranges, List<SummaryLine> lines) {

  /** Sorts the lines. */
  public Summary {
    models = new LinkedHashMap<>(models);
    List<String> ids = new ArrayList<>(models.keySet());
    List<String> bits = precisions;
    lines =
        lines.stream()
            .sorted(
                Comparator.comparingInt((SummaryLine l) -> ids.indexOf(l.model()))
                    .thenComparingInt(l -> bits.indexOf(l.precision()))
                    .thenComparing(l -> Reference.of(l.reference()))
                    .thenComparing(SummaryLine::measure, MeasureCatalog.ORDER))
            .toList();
  }

  /**
   * Sums a run up.
   *
   * @param run what was run
   * @param lines in any order
   * @return the summary
   */
  public static Summary of(RunInfo run, List<SummaryLine> lines) {
    return new Summary(run.titles(), run.precisions(), run.ranges(), lines);
  }

  /**
   * Finds a line.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param reference what was compared with
   * @param measure the measure
   * @return the line, if there is one
   */
  public Optional<SummaryLine> line(
      String model, String precision, String reference, String measure) {
    return lines.stream()
        .filter(
            l ->
                l.model().equals(model)
                    && l.precision().equals(precision)
                    && l.reference().equals(reference)
                    && l.measure().equals(measure))
        .findFirst();
  }
}
