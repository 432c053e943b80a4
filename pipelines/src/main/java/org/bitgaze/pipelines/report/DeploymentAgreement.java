package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;

/**
 * Whether a simulation of a file answers, and looks, as the file does where it is deployed.
 *
 * @param precision the name of the simulation's maps
 * @param images the number of images that both answered
 * @param differing the share of them with another answer, in [0, 1]
 * @param correlation the mean correlation of the maps; empty if no image has both
 */
public record DeploymentAgreement(
    String precision, long images, double differing, Optional<Double> correlation) {
  /** Above this share of other answers, or below this correlation, the two do not agree. */
  private static final double DIFFERING = 0.05;

  private static final double CORRELATION = 0.98;

  /** {@return what a summary says of each simulation that ran beside its deployed file} */
  public static List<DeploymentAgreement> of(Summary summary) {
    List<DeploymentAgreement> all = new ArrayList<>();
    for (SummaryLine flips : summary.lines()) {
      if (flips.reference().equals(Reference.DEPLOYED.id())
          && flips.measure().equals(StandardMeasure.FLIP.id())
          && flips.mean() != null) {
        Optional<Double> cc =
            summary
                .line(
                    flips.model(),
                    flips.precision(),
                    Reference.DEPLOYED.id(),
                    StandardMeasure.CC.id())
                .map(SummaryLine::mean);
        all.add(new DeploymentAgreement(flips.precision(), flips.count(), flips.mean(), cc));
      }
    }
    return all;
  }

  /** {@return whether the simulation can stand for the deployed file} */
  public boolean holds() {
    return differing <= DIFFERING && correlation.filter(c -> c >= CORRELATION).isPresent();
  }

  /** {@return one sentence} */
  public String sentence() {
    String maps =
        correlation
            .map(c -> String.format(Locale.ROOT, "their maps correlate at %.3f", c))
            .orElse("no image has two maps to compare");
    return String.format(
        Locale.ROOT,
        "The simulation of %s %s the deployed file: the answers are the same in %.1f %% of %d"
            + " images, and %s.",
        precision,
        holds() ? "agrees with" : "does not agree with",
        100 * (1 - differing),
        images,
        maps);
  }
}
