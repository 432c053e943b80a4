package org.bitgaze.pipelines.layers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.annotation.Nullable;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.quant.Configuration;

/** What came out of running configurations over images: the summary, found by what is asked for. */
public final class Evaluation {
  private final Map<List<String>, SummaryLine> lines = new HashMap<>();
  private final List<SummaryLine> summary;
  private final Optional<Images> images;

  /** Compares configurations image by image. */
  @FunctionalInterface
  public interface Images {
    /**
     * Subtracts the correlations with f32's maps.
     *
     * @param model the model's id
     * @param name a configuration
     * @param other another
     * @return one's minus the other's, for each image that has both
     */
    double[] differences(String model, String name, String other);
  }

  /**
   * Takes a summary.
   *
   * @param summary its lines, in any order
   */
  public Evaluation(List<SummaryLine> summary) {
    this(summary, Optional.empty());
  }

  private Evaluation(List<SummaryLine> summary, Optional<Images> images) {
    this.images = images;
    this.summary = List.copyOf(summary);
    for (SummaryLine line : summary) {
      lines.put(List.of(line.model(), line.precision(), line.reference(), line.measure()), line);
    }
  }

  /**
   * Adds the images that were summed up.
   *
   * @param differences compares configurations image by image
   * @return a new evaluation
   */
  public Evaluation with(Images differences) {
    return new Evaluation(summary, Optional.of(differences));
  }

  /** A measure of a model in a configuration, if it was taken. */
  Optional<Value> value(String model, String name, Reference reference, Measure measure) {
    return line(model, name, reference, measure).map(Value::of);
  }

  /** What a configuration does to a model's maps and answers. */
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
        line.map(l -> Value.of(l, lost).complement()).orElse(null), lost, all, values(model, name));
  }

  /** All measures of a model in a configuration, by {@code reference_MEASURE}, in their order. */
  private Map<String, Value> values(String model, String name) {
    Map<String, Value> all = new TreeMap<>();
    for (Reference reference : Reference.STANDARD) {
      for (Measure measure : MeasureCatalog.all()) {
        value(model, name, reference, measure)
            .ifPresent(v -> all.put(reference.id() + "_" + measure.id(), v));
      }
    }
    return all;
  }

  /**
   * Returns the mean that a condition is about. A map without values, though f32's has some, looks
   * nowhere: it counts as 0 where larger is better, and where smaller is, there is no mean that
   * keeps a budget. Otherwise a configuration whose maps vanish would keep any.
   *
   * @return NaN if there is none
   */
  double mean(String model, String name, Reference reference, Measure measure) {
    boolean larger = measure.better() == Measure.Better.LARGER;
    if (name.equals(Configuration.F32.name()) && reference.equals(Reference.F32)) {
      return larger ? 1 : 0;
    }
    Optional<Value> value = value(model, name, reference, measure);
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
   * Maps that have no value of a measure, vanished or constant, beyond those of f32, which no
   * configuration can be blamed for: an image whose f32 map has none has none in any comparison
   * with it.
   */
  private long lost(String model, String name, Reference reference, Measure measure) {
    if (!measure.isOfMaps()) {
      return 0;
    }
    long own = line(model, name, reference, measure).map(SummaryLine::degenerate).orElse(0L);
    return Math.max(0, own - ofFullPrecision(model, reference, measure));
  }

  /**
   * How many f32 maps have no value. What is compared may lack values, too: the centre has them
   * always, and whether a map vanished is known whatever it is compared with.
   */
  private long ofFullPrecision(String model, Reference reference, Measure measure) {
    String f32 = Configuration.F32.name();
    if (!reference.equals(Reference.F32)) {
      return line(model, f32, reference, measure).map(SummaryLine::degenerate).orElse(0L);
    }
    Optional<SummaryLine> centre = line(model, f32, Reference.CENTRE, measure);
    return centre.isPresent()
        ? centre.get().degenerate()
        : Reference.all(Reference::isMap).stream()
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
   * @return how much larger the first one's CC with f32's map is, on images on which both have one;
   *     nothing if images were not kept
   */
  Optional<Value> lead(String model, String name, String other) {
    return images.isEmpty()
        ? Optional.empty()
        : Optional.of(Value.of(images.get().differences(model, name, other)));
  }

  /** Whether all conditions hold of these images. */
  boolean holds(String model, String name, List<Condition> budget) {
    return budget.stream()
        .allMatch(
            c -> c.relation().holds(mean(model, name, c.reference(), c.measure()), c.threshold()));
  }

  /**
   * Whether all conditions hold, as far as these images tell of others: of a mean over maps against
   * f32's by the worse end of its 95 % interval, lest a search through hundreds of configurations
   * find one that suits these images alone. Shares of the images are taken as they are, for of few
   * images their intervals would let nothing through, and so are means against masks, whose
   * intervals are the images' own spread, which f32 has, too.
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
    Optional<Value> value = line(model, name, reference, measure).map(l -> Value.of(l, lost));
    boolean larger = measure.better() == Measure.Better.LARGER;
    return value.map(v -> larger ? v.low() : v.high()).orElse(null);
  }
}
