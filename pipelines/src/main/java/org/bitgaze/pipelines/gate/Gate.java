package org.bitgaze.pipelines.gate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.quant.Precision;

/**
 * What must hold of quantized networks' maps before they are shipped.
 *
 * <p>{@code int8: CC>=0.98 in 95%, FLIP<=0.05; int4-per-channel: CC>=0.9} reads: at int8, for every
 * model, the correlation with f32 is 0.98 or more for 95 % of the images, and at most 5 % of the
 * answers change; at int4 per channel the mean correlation is 0.9 or more.
 *
 * @param rules in the order in which they were said
 */
public record Gate(List<Rule> rules) {
  /** No condition. */
  public static final Gate NONE = new Gate(List.of());

  /** What "it looks at the same things" means where nothing else was said. */
  public static final Gate USUAL = parse("*: CC>=0.98 in 95%, FLIP<=0.05");

  /** How conditions are written, for help texts. */
  public static final String GRAMMAR =
      "[MODEL/]PRECISION: CONDITION, ...; ... with * for all integer precisions, and CONDITION ="
          + " MEASURE[@REFERENCE] >=|<=|>|< NUMBER[%] [in SHARE%]: the mean over the images, or so"
          + " many of them";

  /** Copies the list. */
  public Gate {
    rules = List.copyOf(rules);
  }

  /**
   * Parses a gate.
   *
   * @param text rules with semicolons between them, see {@link #GRAMMAR}
   * @return the gate
   * @throws IllegalArgumentException if a rule cannot be parsed, saying which part
   */
  public static Gate parse(String text) {
    return new Gate(
        Arrays.stream(text.split(";")).filter(rule -> !rule.isBlank()).map(Rule::parse).toList());
  }

  /**
   * Refuses conditions on what a run has not.
   *
   * @param summary of the run
   * @throws IllegalArgumentException as {@link #check(Collection, Collection, Set, Set)}
   */
  public void check(Summary summary) {
    Set<Measure> measures = new LinkedHashSet<>();
    Set<Reference> references = new TreeSet<>();
    for (SummaryLine line : summary.lines()) {
      measures.add(MeasureCatalog.of(line.measure()));
      references.add(Reference.of(line.reference()));
    }
    check(summary.models().keySet(), summary.precisions(), measures, references);
  }

  /**
   * Checks that all that is asked about will be there.
   *
   * @param models ids
   * @param precisions as in the run
   * @param measures that are taken
   * @param references that maps and answers are compared with
   * @throws IllegalArgumentException if there is no rule, one judges nothing, or one is about
   *     something else, listing what there is
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
      boolean judges =
          models.stream().anyMatch(m -> precisions.stream().anyMatch(p -> rule.covers(m, p)));
      if (!judges) {
        throw new IllegalArgumentException(
            "the gate's rule '" + rule + "' judges nothing: no precision of this run quantizes");
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

  private static void require(Collection<?> there, Object wanted, String what) {
    if (!there.contains(wanted)) {
      throw new IllegalArgumentException(
          String.format(
              "the gate asks for the %s %s, and this run has %s",
              what, wanted, there.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
  }

  /**
   * Judges a run.
   *
   * @param summary the run's summary
   * @param rows the run's rows
   * @return one judgement per model, precision and condition, in the summary's order
   * @throws IOException if the rows cannot be read
   */
  public List<Judgement> judge(Summary summary, Rows rows) throws IOException {
    List<Judgement> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        all.addAll(judge(summary, rows, model, precision));
      }
    }
    return all;
  }

  /**
   * Judges one model at one precision.
   *
   * @param summary the run's summary
   * @param rows the run's rows
   * @param model its id
   * @param precision such as {@code int8}
   * @return one judgement per condition that is about it
   * @throws IOException if the rows cannot be read
   */
  public List<Judgement> judge(Summary summary, Rows rows, String model, String precision)
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
   * Leaves out what a run does not have.
   *
   * @param measures ids of those that it has
   * @return the conditions on these
   */
  public Gate among(Set<String> measures) {
    List<Rule> kept = new ArrayList<>();
    for (Rule rule : rules) {
      List<Condition> conditions =
          rule.conditions().stream().filter(c -> measures.contains(c.measure().id())).toList();
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
