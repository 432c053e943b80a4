package org.bitgaze.pipelines.output;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.quant.Precision;

/**
 * The summary in a fixed order.
 *
 * @param models id to title, in the order in which the models were given
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
   * Makes the summary of a run.
   *
   * @param lines in any order
   * @throws IllegalArgumentException as {@link #measures}
   */
  public static Summary of(RunInfo run, List<SummaryLine> lines) {
    Summary summary = new Summary(run.titles(), run.precisions(), run.ranges(), lines);
    summary.measures(measure -> true);
    return summary;
  }

  /**
   * Selects measures of this summary.
   *
   * @param wanted which ones
   * @return those that some line has, in the order of the catalog
   * @throws IllegalArgumentException if a line has a measure that is not on the class path; the
   *     message names it
   */
  public Set<Measure> measures(Predicate<Measure> wanted) {
    Set<Measure> found = new LinkedHashSet<>();
    for (String id : new TreeSet<>(lines.stream().map(SummaryLine::measure).toList())) {
      found.add(
          MeasureCatalog.all().stream()
              .filter(measure -> measure.id().equals(id))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "the summary has the measure "
                              + id
                              + ", which is not on the class path; add the jar that registers it"
                              + " as a service "
                              + Measure.class.getName())));
    }
    found.removeIf(wanted.negate());
    return MeasureCatalog.ordered(found);
  }

  /**
   * Selects references of this summary.
   *
   * @param wanted which ones
   * @return those that some line has, in order; unknown names are saliency of the user's own
   */
  public Set<Reference> references(Predicate<Reference> wanted) {
    Set<Reference> found = new TreeSet<>();
    lines.forEach(line -> found.add(Reference.of(line.reference())));
    found.removeIf(wanted.negate());
    return found;
  }

  /** {@return the precisions that quantize, in their order} */
  public List<String> quantized() {
    return precisions.stream().filter(precision -> !Precision.isFloat(precision)).toList();
  }

  /**
   * Finds a line.
   *
   * @param reference what maps are compared with
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

  /**
   * Tells whether something was measured.
   *
   * @param reference what maps are compared with
   * @return whether there is a line
   */
  public boolean has(String model, String precision, String reference, String measure) {
    return line(model, precision, reference, measure).isPresent();
  }
}
