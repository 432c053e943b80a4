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
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * The answer to the question: does a model at a precision look where it looks at f32?
 *
 * @param model its id
 * @param title its name for people
 * @param precision such as {@code int8}
 * @param outcome the answer
 * @param judgements by the gate's conditions, or the usual ones where it has none
 * @param noise the same conditions judged of f32 with another draw; empty where nothing is drawn
 */
public record Verdict(
    String model,
    String title,
    String precision,
    Outcome outcome,
    List<Judgement> judgements,
    List<Judgement> noise) {

  /** The answers. */
  public enum Outcome {
    /** All conditions hold. */
    ALIKE("✓", "looks where f32 looks"),
    /** One does not, and where something is drawn at random, it is more than that noise. */
    UNLIKE("✗", "does not look where f32 looks"),
    /** One does not, but the test does not tell it from f32 itself with another draw. */
    NOISE("?", "cannot be told from the protocol's own noise"),
    /** There was nothing to judge. */
    UNKNOWN("?", "cannot be judged: no image has a value");

    private final String symbol;
    private final String words;

    Outcome(String symbol, String words) {
      this.symbol = symbol;
      this.words = words;
    }

    /**
     * Returns the answer as a sign.
     *
     * @return one character
     */
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
   * Judges each model at each integer precision.
   *
   * @param gate what must hold; where it says nothing of maps, {@link Gate#USUAL} does
   * @param summary the run's summary
   * @param rows the run's rows
   * @return by model and precision, those whose maps can be judged
   * @throws IOException if the rows cannot be read
   */
  public static List<Verdict> of(Gate gate, Summary summary, Rows rows) throws IOException {
    return of(gate, summary, rows, NoiseFloor.of(summary, rows));
  }

  /** The same, where the noise is known already. */
  static List<Verdict> of(Gate gate, Summary summary, Rows rows, List<NoiseFloor> floors)
      throws IOException {
    Set<String> measures = new HashSet<>();
    summary.lines().forEach(line -> measures.add(line.measure()));
    Gate usual = Gate.USUAL.among(measures);
    List<Verdict> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : Charts.integers(summary)) {
        List<Judgement> judgements =
            new ArrayList<>(againstF32(gate.judge(summary, rows, model, precision), j -> true));
        List<Judgement> otherwise = usual.judge(summary, rows, model, precision);
        if (judgements.isEmpty()) {
          judgements.addAll(otherwise);
        } else if (againstF32(judgements, Verdict::isOfMaps).isEmpty()) {
          judgements.addAll(0, againstF32(otherwise, Verdict::isOfMaps));
        }
        // Answers alone say nothing of where a network looks.
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

  /** The question is about f32: a condition on masks or saliency is the gate's business alone. */
  private static List<Judgement> againstF32(List<Judgement> all, Predicate<Judgement> wanted) {
    return all.stream()
        .filter(j -> j.condition().reference().equals(Reference.F32))
        .filter(wanted)
        .toList();
  }

  private static Verdict of(
      Summary summary, Rows rows, List<NoiseFloor> floors, List<Judgement> judgements)
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
    return new Verdict(model, summary.models().get(model), precision, outcome, judgements, noise);
  }

  /**
   * Whether a measure that failed is told from the noise. Answers have no such test: where they
   * alone failed, the maps' tests stand for them.
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
   * Whether more maps vanish than with another draw, as far as the images tell: Wilson's 95 %
   * intervals of the two shares have nothing in common. Pairs of maps say nothing of those that are
   * not there.
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

  /**
   * Tells whether these images are too few to say so of others.
   *
   * @return whether it would be another verdict at the ends of a confidence interval
   */
  public boolean isUncertain() {
    return outcome == Outcome.ALIKE
        ? judgements.stream().anyMatch(Judgement::isUncertain)
        : judgements.stream().filter(j -> !j.holds()).allMatch(Judgement::isUncertain);
  }

  /**
   * Returns the verdict in words.
   *
   * @return such as {@code int8 looks where f32 looks}
   */
  public String words() {
    return precision
        + " "
        + outcome.words
        + (outcome != Outcome.UNKNOWN && isUncertain() ? " (not certain: " + doubt() + ")" : "");
  }

  private String doubt() {
    return judgements.stream().anyMatch(j -> Double.isNaN(j.low()))
        ? "too few images for an interval"
        : "a 95 % interval crosses the threshold";
  }

  /**
   * Returns its numbers.
   *
   * @return such as {@code CC 0.996, 95.0 % of images >= 0.98, 4.9 % of answers change}
   */
  public String numbers() {
    return found(judgements);
  }

  /**
   * Returns the numbers of the noise.
   *
   * @return those of f32 with another draw; empty where nothing is drawn
   */
  public String noiseNumbers() {
    return found(noise);
  }

  private static String found(List<Judgement> judgements) {
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
