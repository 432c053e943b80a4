package org.bitgaze.pipelines.gate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * The answer to the question: does a model at a precision look where it looks at f32?
 *
 * @param model its id
 * @param title its name for people
 * @param precision such as {@code int8}
 * @param judgements by the gate's conditions, or the usual ones where it has none
 */
public record Verdict(String model, String title, String precision, List<Judgement> judgements) {
  /** Copies the list. */
  public Verdict {
    judgements = List.copyOf(judgements);
  }

  /**
   * Judges each model at each integer precision.
   *
   * @param gate what must hold; where it says nothing, {@link Gate#USUAL} does
   * @param summary the run's summary
   * @param rows the run's rows
   * @return by model and precision
   * @throws IOException if the rows cannot be read
   */
  public static List<Verdict> of(Gate gate, Summary summary, Rows rows) throws IOException {
    Set<String> measures = new HashSet<>();
    summary.lines().forEach(line -> measures.add(line.measure()));
    Gate usual = Gate.USUAL.among(measures);
    List<Verdict> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        if (!Precision.isFloat(precision)) {
          List<Judgement> judgements = gate.judge(summary, rows, model, precision);
          if (judgements.isEmpty()) {
            judgements = usual.judge(summary, rows, model, precision);
          }
          all.add(new Verdict(model, summary.models().get(model), precision, judgements));
        }
      }
    }
    return all;
  }

  /**
   * Tells whether it looks at the same things.
   *
   * @return whether all conditions hold
   */
  public boolean holds() {
    return judgements.stream().allMatch(Judgement::holds);
  }

  /**
   * Tells whether these images are too few to say so of others.
   *
   * @return whether it would be another verdict at the ends of a confidence interval
   */
  public boolean isUncertain() {
    return holds()
        ? judgements.stream().anyMatch(Judgement::isUncertain)
        : judgements.stream().filter(j -> !j.holds()).allMatch(Judgement::isUncertain);
  }

  /**
   * Returns the verdict as a sign.
   *
   * @return a tick or a cross
   */
  public String symbol() {
    return holds() ? "✓" : "✗";
  }

  /**
   * Returns the verdict in words.
   *
   * @return such as {@code int8 looks where f32 looks}
   */
  public String words() {
    return precision
        + (holds() ? " looks where f32 looks" : " does not look where f32 looks")
        + (isUncertain() ? " (but these images are few)" : "");
  }

  /**
   * Returns its numbers.
   *
   * @return such as {@code CC 0.996, 95.0 % of images >= 0.98, 4.9 % of answers change}
   */
  public String numbers() {
    return judgements.stream().map(Judgement::found).collect(Collectors.joining(", "));
  }

  /**
   * Returns the thresholds.
   *
   * @return such as {@code CC>=0.98 in 95%, FLIP<=0.05}
   */
  public String wanted() {
    return judgements.stream().map(j -> j.condition().toString()).collect(Collectors.joining(", "));
  }
}
