package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.ort.FirstDifference;
import org.bitgaze.pipelines.output.LocatedDifferences;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;

/**
 * Whether a simulation of a file answers, and looks, as the file does where it is deployed.
 *
 * @param precision the name of the simulation's maps
 * @param images the number of images that both answered
 * @param differing the share of them with another answer, in [0, 1]
 * @param task the mean of the task's own measure of answers, by its name; empty if it has none
 * @param equal the number of images whose logits are equal
 * @param signalToNoise the mean signal-to-noise ratio of the other images' logits in dB; empty if
 *     none differ, or it was not measured
 * @param correlation the mean correlation of the maps; empty if no image has both
 * @param located where the two first differ; empty if that was not sought
 */
public record DeploymentAgreement(
    String precision,
    long images,
    double differing,
    SortedMap<String, Double> task,
    long equal,
    Optional<Double> signalToNoise,
    Optional<Double> correlation,
    Optional<FirstDifference> located) {
  /**
   * Above this share of other answers, or of what a task's own measure lacks to 1, or below this
   * correlation, the two do not agree.
   */
  private static final double DIFFERING = 0.05;

  private static final double CORRELATION = 0.98;

  /**
   * Reads a summary.
   *
   * @param summary of an audit
   * @param located where simulations differ from their deployed files
   * @return what it says of each simulation that ran beside its deployed file
   */
  public static List<DeploymentAgreement> of(Summary summary, LocatedDifferences located) {
    List<DeploymentAgreement> all = new ArrayList<>();
    for (SummaryLine flips : summary.lines()) {
      if (flips.reference().equals(Reference.DEPLOYED.id())
          && flips.measure().equals(StandardMeasure.FLIP.id())
          && flips.mean() != null) {
        all.add(
            new DeploymentAgreement(
                flips.precision(),
                flips.count(),
                flips.mean(),
                task(summary, flips),
                line(summary, flips, StandardMeasure.SQNR_DEPLOYED)
                    .map(sqnr -> flips.count() - sqnr.count())
                    .orElse(0L),
                mean(summary, flips, StandardMeasure.SQNR_DEPLOYED),
                mean(summary, flips, StandardMeasure.CC),
                located.of(flips.model(), flips.precision())));
      }
    }
    return all;
  }

  private static Optional<SummaryLine> line(Summary summary, SummaryLine flips, Measure measure) {
    return summary.line(flips.model(), flips.precision(), flips.reference(), measure.id());
  }

  private static SortedMap<String, Double> task(Summary summary, SummaryLine flips) {
    SortedMap<String, Double> all = new TreeMap<>();
    for (Measure measure : MeasureCatalog.all()) {
      if (measure.domain() == Measure.Domain.TASK) {
        mean(summary, flips, measure).ifPresent(mean -> all.put(measure.id(), mean));
      }
    }
    return all;
  }

  private static Optional<Double> mean(Summary summary, SummaryLine flips, Measure measure) {
    return line(summary, flips, measure).map(SummaryLine::mean);
  }

  /**
   * {@return whether the simulation can stand for the deployed file} Where a task has a measure of
   * its own, an answer may differ in part.
   */
  public boolean holds() {
    boolean same =
        task.isEmpty()
            ? differing <= DIFFERING
            : task.values().stream().allMatch(mean -> mean >= 1 - DIFFERING);
    return same && correlation.filter(c -> c >= CORRELATION).isPresent();
  }

  /** {@return one sentence} */
  public String sentence() {
    String maps =
        correlation
            .map(c -> String.format(Locale.ROOT, "and their maps correlate at %.3f", c))
            .orElse("and no image has two maps to compare");
    String logits = equal == 0 ? "" : "the logits are equal in %d images, ".formatted(equal);
    logits +=
        signalToNoise
            .map(
                db ->
                    String.format(
                        Locale.ROOT,
                        "the logits' signal-to-noise ratio is %.1f dB%s, ",
                        db,
                        equal == 0 ? "" : " in the others"))
            .orElse("");
    String answers =
        task.entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%s is %.3f, ", e.getKey(), e.getValue()))
            .collect(Collectors.joining());
    return String.format(
        Locale.ROOT,
        "The simulation of %s %s the deployed file: the answers are the same in %.1f %% of %d"
            + " images, %s%s%s%s.",
        precision,
        holds() ? "agrees with" : "does not agree with",
        100 * (1 - differing),
        images,
        answers,
        logits,
        maps,
        located.map(found -> "; " + found.words()).orElse(""));
  }
}
