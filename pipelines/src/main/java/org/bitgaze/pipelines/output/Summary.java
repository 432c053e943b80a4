package org.bitgaze.pipelines.output;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The summary in a fixed order.
 *
 * @param networks the networks, in the order in which they were asked for
 * @param precisions the precisions, f32 first
 * @param ranges where the ranges of quantized activations come from: {@code minmax}, {@code
 *     averaged} or {@code dynamic}
 * @param lines by network, precision, reference and metric
 */
public record Summary(
    List<String> networks, List<String> precisions, String ranges, List<SummaryLine> lines) {
  private static final List<String> REFERENCES = List.of("saliency", "mask", "f32", "label");
  private static final List<String> METRICS =
      List.of("SIM", "CC", "KLD", "pointing", "energy", "flip", "top1");

  /** Sorts the lines. */
  public Summary {
    lines =
        lines.stream()
            .sorted(
                Comparator.comparingInt((SummaryLine l) -> networks.indexOf(l.network()))
                    .thenComparingInt(l -> precisions.indexOf(l.precision()))
                    .thenComparingInt(l -> REFERENCES.indexOf(l.reference()))
                    .thenComparingInt(l -> METRICS.indexOf(l.metric())))
            .toList();
  }

  /**
   * Finds a line.
   *
   * @param network torchvision's name
   * @param precision such as {@code int8}
   * @param reference what was compared with
   * @param metric the measure
   * @return the line, if there is one
   */
  public Optional<SummaryLine> line(
      String network, String precision, String reference, String metric) {
    return lines.stream()
        .filter(
            l ->
                l.network().equals(network)
                    && l.precision().equals(precision)
                    && l.reference().equals(reference)
                    && l.metric().equals(metric))
        .findFirst();
  }
}
