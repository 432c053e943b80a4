package org.bitgaze.pipelines.gate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * Conditions on the maps and answers of quantized networks, such as a build checks before it ships
 * one.
 *
 * <p>{@code int8: CC>=0.98 in 95%, FLIP<=0.05; int4-per-channel: CC>=0.9} means: at int8, for every
 * model, the correlation with f32 is at least 0.98 for 95 % of the images, and at most 5 % of the
 * answers change; at int4 per channel, the mean correlation is at least 0.9.
 *
 * @param rules in the order in which they were written
 */
public record Gate(List<Rule> rules) {
  /** No condition. */
  public static final Gate NONE = new Gate(List.of());

  /** What "it looks where f32 looks" means unless the user sets other conditions. */
  public static final Gate DEFAULT = parse("*: CC>=0.98 in 95%, FLIP<=0.05");

  /** The same for tasks whose answers are sets or class maps: hardly any two are quite the same. */
  private static final Gate OF_TASKS =
      parse("*: CC>=0.98 in 95%, DETECTIONS>=0.95, MIOU>=0.95, LABELS>=0.95");

  /** The grammar of conditions, for help texts. */
  public static final String GRAMMAR =
      "[MODEL/]PRECISION: CONDITION, ...; ... where * means all integer precisions, and CONDITION ="
          + " MEASURE[@REFERENCE] >=|<=|>|< NUMBER[%] [in SHARE%] [per class[, at least N images]];"
          + " without 'in', the condition is on the mean over the images; 'per class' judges each"
          + " class of at least N images (20) and fails if one misses the threshold beyond chance"
          + " (Holm, 5 %)";

  /** Copies the list. */
  public Gate {
    rules = List.copyOf(rules);
  }

  /**
   * Parses a gate.
   *
   * @param text rules with semicolons between them, see {@link #GRAMMAR}
   * @throws IllegalArgumentException if a rule cannot be parsed; the message names the part
   */
  public static Gate parse(String text) {
    return new Gate(
        Arrays.stream(text.split(";")).filter(rule -> !rule.isBlank()).map(Rule::parse).toList());
  }

  /**
   * Checks that a run has everything that the conditions name.
   *
   * @throws IllegalArgumentException as {@link #check(Collection, Collection, Set, Set)}
   */
  public void check(Summary summary) {
    check(
        summary.models().keySet(),
        summary.precisions(),
        summary.measures(measure -> true),
        summary.references(reference -> true));
  }

  /**
   * Checks that a run will have everything that the conditions name.
   *
   * @param models the models' ids
   * @param precisions the run's precisions
   * @param measures the run's measures
   * @param references what maps and answers are compared with
   * @throws IllegalArgumentException if there is no rule, a rule applies to nothing, or a condition
   *     names something else; the message lists what the run has
   */
  public void check(
      Collection<String> models,
      Collection<String> precisions,
      Set<Measure> measures,
      Set<Reference> references) {
    if (rules.isEmpty()) {
      throw new IllegalArgumentException("the gate has no condition");
    }
    for (Rule rule : rules) {
      rule.model().ifPresent(m -> require(models, m, "model"));
      rule.precision().ifPresent(p -> require(precisions, p, "precision"));
      boolean applies =
          models.stream().anyMatch(m -> precisions.stream().anyMatch(p -> rule.covers(m, p)));
      if (!applies) {
        throw new IllegalArgumentException(
            "the gate's rule '"
                + rule
                + "' applies to nothing: no precision of this run quantizes");
      }
      for (Condition condition : rule.conditions()) {
        if (condition.reference().equals(Reference.F32)
            && rule.precision().equals(Optional.of(Precision.F32.toString()))) {
          throw new IllegalArgumentException(
              "the gate's rule '" + rule + "' compares f32 with itself");
        }
        require(measures.stream().map(Measure::id).toList(), condition.measure().id(), "measure");
        List<String> compared = references.stream().map(Reference::id).toList();
        require(compared, condition.reference().id(), "reference");
      }
    }
  }

  private static void require(Collection<?> known, Object wanted, String what) {
    if (!known.contains(wanted)) {
      throw new IllegalArgumentException(
          String.format(
              "the gate names the %s %s, but this run has only %s",
              what, wanted, known.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
  }

  /** {@return one judgement per model, precision and condition, in the summary's order} */
  public List<Judgement> judge(Summary summary, RowQueries rows) throws IOException {
    List<Judgement> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        all.addAll(judge(summary, rows, model, precision));
      }
    }
    return all;
  }

  /** {@return one judgement per condition that applies} */
  public List<Judgement> judge(Summary summary, RowQueries rows, String model, String precision)
      throws IOException {
    List<Judgement> all = new ArrayList<>();
    for (Rule rule : rules) {
      if (rule.covers(model, precision)) {
        for (Condition condition : rule.conditions()) {
          all.add(Judgement.of(condition, summary, rows, model, precision));
        }
      }
    }
    return all;
  }

  /**
   * Chooses the conditions for a model.
   *
   * @param summary the run's summary
   * @param model the model's id
   * @return {@link #DEFAULT}, or its like with the measure of the model's task in place of FLIP;
   *     conditions on measures that the run does not have are left out
   */
  public static Gate usual(Summary summary, String model) {
    Set<Measure> measures = summary.measures(measure -> true);
    Set<Measure> ofTask =
        summary.measures(
            m ->
                m.domain() == Measure.Domain.TASK
                    && summary.precisions().stream()
                        .anyMatch(p -> summary.has(model, p, Reference.F32.id(), m.id())));
    measures = new LinkedHashSet<>(measures);
    measures.removeIf(m -> m.domain() == Measure.Domain.TASK && !ofTask.contains(m));
    return (ofTask.isEmpty() ? DEFAULT : OF_TASKS).among(measures);
  }

  /**
   * Drops conditions on measures that a run does not have.
   *
   * @param measures the run's measures
   * @return the other conditions
   */
  public Gate among(Set<Measure> measures) {
    List<Rule> kept = new ArrayList<>();
    for (Rule rule : rules) {
      List<Condition> conditions =
          rule.conditions().stream().filter(c -> measures.contains(c.measure())).toList();
      kept.add(new Rule(rule.model(), rule.precision(), conditions));
    }
    return new Gate(kept);
  }

  /** Returns what {@link #parse} reads. */
  @Override
  public String toString() {
    return rules.stream().map(Rule::toString).collect(Collectors.joining("; "));
  }
}
