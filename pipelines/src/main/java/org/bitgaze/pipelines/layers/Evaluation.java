package org.bitgaze.pipelines.layers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.quant.Configuration;

/** What came out of running configurations over images: the summary, found by what is asked for. */
public final class Evaluation {
  private final Map<List<String>, SummaryLine> lines = new HashMap<>();

  /**
   * Takes a summary.
   *
   * @param summary its lines, in any order
   */
  public Evaluation(List<SummaryLine> summary) {
    for (SummaryLine line : summary) {
      lines.put(List.of(line.model(), line.precision(), line.reference(), line.measure()), line);
    }
  }

  /** A measure of a model in a configuration, if it was taken. */
  Optional<Value> value(String model, String name, Reference reference, Measure measure) {
    return Optional.ofNullable(lines.get(List.of(model, name, reference.id(), measure.id())))
        .map(Value::of);
  }

  /** What a configuration does to a model's maps and answers. */
  Effect effect(String model, String name) {
    SummaryLine line = lines.get(List.of(model, name, Reference.F32.id(), Measure.CC.id()));
    long lost = lost(model, name);
    Value drift = line == null ? null : Value.of(line, lost).complement();
    return new Effect(drift, lost, values(model, name));
  }

  /** All measures of a model in a configuration, by {@code reference_MEASURE}, in their order. */
  private Map<String, Value> values(String model, String name) {
    Map<String, Value> all = new TreeMap<>();
    for (Reference reference : Reference.values()) {
      for (Measure measure : Measure.values()) {
        value(model, name, reference, measure)
            .ifPresent(v -> all.put(reference.id() + "_" + measure.id(), v));
      }
    }
    return all;
  }

  /**
   * Returns the mean that a condition is about. A map that vanished, though f32's did not, looks
   * nowhere: it counts as 0 where larger is better, and where smaller is, there is no mean that
   * keeps a budget. Otherwise a configuration whose maps vanish would keep any.
   *
   * @return NaN if there is none
   */
  double mean(String model, String name, Reference reference, Measure measure) {
    boolean larger = measure.better() == Measure.Better.LARGER;
    if (name.equals(Configuration.F32.name()) && reference == Reference.F32) {
      return larger ? 1 : 0;
    }
    Optional<Value> value = value(model, name, reference, measure);
    long lost = measure.isOfMaps() ? lost(model, name) : 0;
    if (value.isEmpty() || value.get().count() + lost == 0) {
      return Double.NaN;
    }
    if (lost > 0 && !larger) {
      return Double.POSITIVE_INFINITY;
    }
    Double mean = value.get().mean();
    return (mean == null ? 0 : mean * value.get().count()) / (value.get().count() + lost);
  }

  /** Maps that vanished beyond those of f32, which no configuration can be blamed for. */
  private long lost(String model, String name) {
    return Math.max(0, vanished(model, name) - vanished(model, Configuration.F32.name()));
  }

  /** A map has vanished beside any reference that it was compared with. */
  private long vanished(String model, String name) {
    return Reference.all(Reference::isMap).stream()
        .flatMap(r -> value(model, name, r, Measure.VANISHED).stream())
        .filter(v -> v.mean() != null)
        .mapToLong(v -> Math.round(v.mean() * v.count()))
        .max()
        .orElse(0);
  }

  /** Whether all conditions hold. */
  boolean holds(String model, String name, List<Condition> budget) {
    return budget.stream()
        .allMatch(
            c -> c.relation().holds(mean(model, name, c.reference(), c.measure()), c.threshold()));
  }
}
