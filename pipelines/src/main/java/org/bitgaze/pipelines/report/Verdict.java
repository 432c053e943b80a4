package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.gate.WilsonInterval;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * The answer to the question whether a model at a precision looks where it looks at f32.
 *
 * @param model the model's id
 * @param title the model's title
 * @param precision such as {@code int8}
 * @param outcome the answer
 * @param judgements by the gate's conditions, or the default ones if it has none
 * @param answers how the answers agree, in the task's words; empty for classifiers
 * @param noise the same conditions on a second f32 run with other random numbers; empty if the
 *     protocol is not random
 */
public record Verdict(
    String model,
    String title,
    String precision,
    Outcome outcome,
    List<Judgement> judgements,
    String answers,
    List<Judgement> noise) {

  /** The answers. */
  public enum Outcome {
    /** All conditions hold. */
    ALIKE("✓", "looks where f32 looks"),
    /** A condition fails, and if the protocol is random, the drift exceeds its noise. */
    UNLIKE("✗", "does not look where f32 looks"),
    /** A condition fails, but the drift is not distinguishable from that of a second f32 run. */
    NOISE("?", "is not distinguishable from the protocol's own noise"),
    /** There is nothing to judge. */
    UNKNOWN("?", "cannot be judged: no image has a value");

    private final String symbol;
    private final String words;

    Outcome(String symbol, String words) {
      this.symbol = symbol;
      this.words = words;
    }

    /** {@return the answer as one character} */
    public String symbol() {
      return symbol;
    }
  }

  /** Copies the lists. */
  public Verdict {
    judgements = List.copyOf(judgements);
    noise = List.copyOf(noise);
  }

  /**
   * Decides for each model at each integer precision.
   *
   * @param judged the gate's judgements; {@link Gate#DEFAULT} replaces them if they are not about
   *     maps
   * @param floors the protocol's noise
   */
  static List<Verdict> of(
      List<Judgement> judged, Summary summary, RowQueries rows, List<NoiseFloor> floors)
      throws IOException {
    List<Verdict> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      Gate usual = Gate.usual(summary, model);
      for (String precision : summary.quantized()) {
        List<Judgement> judgements =
            new ArrayList<>(
                againstF32(
                    judged, j -> j.model().equals(model) && j.precision().equals(precision)));
        if (judgements.isEmpty()) {
          judgements.addAll(usual.judge(summary, rows, model, precision));
        } else if (againstF32(judgements, Verdict::isOfMaps).isEmpty()) {
          List<Judgement> more = usual.judge(summary, rows, model, precision);
          judgements.addAll(0, againstF32(more, Verdict::isOfMaps));
        }
        // Answers alone do not say where a network looks.
        if (!againstF32(judgements, Verdict::isOfMaps).isEmpty()) {
          all.add(of(summary, rows, floors, judgements));
        }
      }
    }
    return all;
  }

  private static boolean isOfMaps(Judgement judgement) {
    return judgement.condition().measure().isOfMaps();
  }

  /** The question is about f32: conditions on masks or saliency belong to the gate alone. */
  private static List<Judgement> againstF32(List<Judgement> all, Predicate<Judgement> wanted) {
    return all.stream()
        .filter(j -> j.condition().reference().equals(Reference.F32))
        .filter(wanted)
        .toList();
  }

  private static Verdict of(
      Summary summary, RowQueries rows, List<NoiseFloor> floors, List<Judgement> judgements)
      throws IOException {
    String model = judgements.get(0).model();
    String precision = judgements.get(0).precision();
    String floor = Precision.F32B.toString();
    List<Judgement> noise = new ArrayList<>();
    if (summary.precisions().contains(floor)) {
      for (Judgement judgement : judgements) {
        noise.add(Judgement.of(judgement.condition(), summary, rows, model, floor));
      }
    }
    List<Judgement> failed = judgements.stream().filter(j -> !j.holds()).toList();
    Outcome outcome;
    if (failed.stream().allMatch(Judgement::isEmpty) && !failed.isEmpty()) {
      outcome = Outcome.UNKNOWN;
    } else if (failed.isEmpty()) {
      outcome = Outcome.ALIKE;
    } else if (noise.isEmpty()
        || isBeyondNoise(failed, floors)
        || losesMoreMaps(summary, model, precision)) {
      outcome = Outcome.UNLIKE;
    } else {
      outcome = Outcome.NOISE;
    }
    return new Verdict(
        model,
        summary.models().get(model),
        precision,
        outcome,
        judgements,
        TaskWords.of(summary, model, precision),
        noise);
  }

  /**
   * Whether a measure that failed exceeds the noise. Answers have no such test: if only they
   * failed, all tests of maps count.
   */
  private static boolean isBeyondNoise(List<Judgement> failed, List<NoiseFloor> floors) {
    List<NoiseFloor> own =
        floors.stream()
            .filter(f -> f.difference().model().equals(failed.get(0).model()))
            .filter(f -> f.difference().precision().equals(failed.get(0).precision()))
            .toList();
    Set<String> measures = new HashSet<>();
    failed.forEach(j -> measures.add(j.condition().measure().id()));
    List<NoiseFloor> tested =
        own.stream().filter(f -> measures.contains(f.difference().measure())).toList();
    return (tested.isEmpty() ? own : tested).stream().anyMatch(NoiseFloor::isExceeded);
  }

  /**
   * Whether more maps vanish than in the second f32 run: Wilson's 95 % intervals of the two shares
   * do not overlap. Paired tests leave vanished maps out.
   */
  private static boolean losesMoreMaps(Summary summary, String model, String precision) {
    Optional<WilsonInterval> own = vanished(summary, model, precision);
    Optional<WilsonInterval> drawn = vanished(summary, model, Precision.F32B.toString());
    return own.isPresent() && drawn.isPresent() && own.get().low() > drawn.get().high();
  }

  private static Optional<WilsonInterval> vanished(
      Summary summary, String model, String precision) {
    return summary
        .line(model, precision, Reference.F32.id(), StandardMeasure.VANISHED.id())
        .filter(line -> line.mean() != null && line.count() > 0)
        .map(line -> WilsonInterval.of(Math.round(line.mean() * line.count()), line.count()));
  }

  /** {@return whether the verdict would differ at an end of a confidence interval} */
  public boolean isUncertain() {
    return outcome == Outcome.ALIKE
        ? judgements.stream().anyMatch(Judgement::isUncertain)
        : judgements.stream().filter(j -> !j.holds()).allMatch(Judgement::isUncertain);
  }

  /** {@return the verdict in words, such as {@code int8 looks where f32 looks}} */
  public String words() {
    return precision
        + " "
        + answers
        + (answersAloneFail() ? "looks where f32 looks, but its answers differ" : outcome.words)
        + (outcome != Outcome.UNKNOWN && isUncertain() ? " (not certain: " + doubt() + ")" : "");
  }

  /** Whether only the answers of a task that has words of its own miss their conditions. */
  private boolean answersAloneFail() {
    return outcome == Outcome.UNLIKE
        && !answers.isEmpty()
        && judgements.stream().filter(Verdict::isOfMaps).allMatch(Judgement::holds);
  }

  private String doubt() {
    return judgements.stream().anyMatch(j -> Double.isNaN(j.low()))
        ? "too few images for a confidence interval"
        : "a 95 % interval crosses the threshold";
  }

  /** {@return the values, such as {@code CC 0.996, 95.0 % of images >= 0.98}} */
  public String numbers() {
    return found(judgements);
  }

  /** {@return the values of the second f32 run; empty if there is none} */
  public String noiseNumbers() {
    return found(noise);
  }

  private static String found(List<Judgement> judgements) {
    return judgements.stream().map(Judgement::found).collect(Collectors.joining(", "));
  }

  /** {@return the conditions, such as {@code CC>=0.98 in 95%, FLIP<=0.05}} */
  public String wanted() {
    return judgements.stream().map(j -> j.condition().toString()).collect(Collectors.joining(", "));
  }
}
