package org.bitgaze.pipelines.layers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.annotation.Nullable;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.quant.Configuration;

/** The summary of configurations that were run over images, for queries. */
public final class SweepEvaluation {
  private final Map<List<String>, SummaryLine> lines = new HashMap<>();
  private final List<SummaryLine> summary;
  private final Optional<Images> images;
  private final Set<Reference> references = new TreeSet<>();

  /** Compares configurations image by image. */
  @FunctionalInterface
  public interface Images {
    /**
     * Subtracts the correlations with f32's maps.
     *
     * @param name a configuration
     * @param other another configuration
     * @return the first one's minus the other's, for each image that has both
     */
    double[] differences(String model, String name, String other);
  }

  /**
   * Wraps a summary.
   *
   * @param summary the lines, in any order
   */
  public SweepEvaluation(List<SummaryLine> summary) {
    this(summary, Optional.empty());
  }

  private SweepEvaluation(List<SummaryLine> summary, Optional<Images> images) {
    this.images = images;
    this.summary = List.copyOf(summary);
    for (SummaryLine line : summary) {
      references.add(Reference.of(line.reference()));
      lines.put(List.of(line.model(), line.precision(), line.reference(), line.measure()), line);
    }
  }

  /**
   * Adds a comparison image by image.
   *
   * @param differences compares configurations
   */
  public SweepEvaluation with(Images differences) {
    return new SweepEvaluation(summary, Optional.of(differences));
  }

  /** Finds a measure of a model in a configuration. */
  Optional<Estimate> value(String model, String name, Reference reference, Measure measure) {
    return line(model, name, reference, measure).map(Estimate::of);
  }

  /** The effect of a configuration on a model's maps and answers. */
  Effect effect(String model, String name) {
    Optional<SummaryLine> line = line(model, name, Reference.F32, StandardMeasure.CC);
    long lost = lost(model, name, Reference.F32, StandardMeasure.CC);
    Map<String, Long> all = new TreeMap<>();
    for (Reference reference : List.of(Reference.F32, Reference.MASK)) {
      for (Measure measure : MeasureCatalog.all()) {
        if (line(model, name, reference, measure).isPresent() && measure.isOfMaps()) {
          all.put(Sensitivity.key(reference, measure), lost(model, name, reference, measure));
        }
      }
    }
    return new Effect(
        line.map(l -> Estimate.of(l, lost).complement()).orElse(null),
        lost,
        all,
        values(model, name));
  }

  /** All measures of a model in a configuration, by {@code reference_MEASURE}, in their order. */
  private Map<String, Estimate> values(String model, String name) {
    Map<String, Estimate> all = new TreeMap<>();
    for (Reference reference : references) {
      for (Measure measure : MeasureCatalog.all()) {
        value(model, name, reference, measure)
            .ifPresent(v -> all.put(Sensitivity.key(reference, measure), v));
      }
    }
    return all;
  }

  /**
   * Finds the mean that a condition is about. A map that vanished although f32's has values counts
   * as 0 if larger is better. If smaller is better, such maps make the mean infinite; otherwise a
   * configuration whose maps all vanish would keep any budget.
   *
   * @return the mean; NaN if there is none
   */
  double mean(String model, String name, Reference reference, Measure measure) {
    boolean larger = measure.better() == Measure.Better.LARGER;
    if (name.equals(Configuration.F32.name()) && reference.equals(Reference.F32)) {
      return larger ? 1 : 0;
    }
    Optional<Estimate> value = value(model, name, reference, measure);
    long lost = lost(model, name, reference, measure);
    if (value.isEmpty() || value.get().count() + lost == 0) {
      return Double.NaN;
    }
    if (lost > 0 && !larger) {
      return Double.POSITIVE_INFINITY;
    }
    Double mean = value.get().mean();
    return (mean == null ? 0 : mean * value.get().count()) / (value.get().count() + lost);
  }

  /**
   * Counts the maps without a value of a measure, vanished or constant, beyond those that f32
   * lacks, too: an image whose f32 map has no value has none in any comparison with it.
   */
  private long lost(String model, String name, Reference reference, Measure measure) {
    if (!measure.isOfMaps()) {
      return 0;
    }
    long own = line(model, name, reference, measure).map(SummaryLine::degenerate).orElse(0L);
    return Math.max(0, own - ofFullPrecision(model, reference, measure));
  }

  /**
   * Counts the f32 maps without a value. The centre always has values, so a comparison with it
   * lacks one only if the map does. Without the centre, the maps that are known to have vanished
   * count.
   */
  private long ofFullPrecision(String model, Reference reference, Measure measure) {
    String f32 = Configuration.F32.name();
    if (!reference.equals(Reference.F32)) {
      return line(model, f32, reference, measure).map(SummaryLine::degenerate).orElse(0L);
    }
    Optional<SummaryLine> centre = line(model, f32, Reference.CENTRE, measure);
    return centre.isPresent()
        ? centre.get().degenerate()
        : references.stream()
            .filter(Reference::isMap)
            .flatMap(r -> value(model, f32, r, StandardMeasure.VANISHED).stream())
            .filter(v -> v.mean() != null)
            .mapToLong(v -> Math.round(v.mean() * v.count()))
            .max()
            .orElse(0);
  }

  private Optional<SummaryLine> line(
      String model, String name, Reference reference, Measure measure) {
    return Optional.ofNullable(lines.get(List.of(model, name, reference.id(), measure.id())));
  }

  /**
   * Compares two configurations image by image.
   *
   * @return the first one's CC with f32's map minus the other's; empty if images cannot be compared
   */
  Optional<Estimate> lead(String model, String name, String other) {
    return images.isEmpty()
        ? Optional.empty()
        : Optional.of(Estimate.of(images.get().differences(model, name, other)));
  }

  /** Whether all conditions hold for these images. */
  boolean holds(String model, String name, List<Condition> budget) {
    return budget.stream()
        .allMatch(
            c -> c.relation().holds(mean(model, name, c.reference(), c.measure()), c.threshold()));
  }

  /**
   * Whether all conditions are likely to hold for other images, too. A mean over maps against f32's
   * must satisfy its condition at the worse end of its 95 % interval; otherwise a search through
   * hundreds of configurations would find one that fits these images only. Shares of the images are
   * taken as they are, because with few images no interval would pass. So are means against masks,
   * whose intervals show how images differ, in f32 as well.
   */
  boolean holdsSurely(String model, String name, List<Condition> budget) {
    return holds(model, name, budget)
        && budget.stream()
            .filter(c -> c.measure().isOfMaps() && c.reference().equals(Reference.F32))
            .allMatch(
                c -> {
                  Double end = worseEnd(model, name, c.reference(), c.measure());
                  return end != null && c.relation().holds(end, c.threshold());
                });
  }

  @Nullable
  private Double worseEnd(String model, String name, Reference reference, Measure measure) {
    long lost = lost(model, name, reference, measure);
    Optional<Estimate> value = line(model, name, reference, measure).map(l -> Estimate.of(l, lost));
    boolean larger = measure.better() == Measure.Better.LARGER;
    return value.map(v -> larger ? v.low() : v.high()).orElse(null);
  }
}
