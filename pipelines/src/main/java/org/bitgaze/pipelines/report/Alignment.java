package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;

/**
 * How well a network's maps agree with saliency, beside how well they agree with the picture's
 * centre: a model of gaze says something of a map only as far as it says more than the centre does.
 *
 * @param saliency mean CC with the saliency maps
 * @param centre mean CC with the centre
 * @param difference CC with saliency minus CC with the centre, paired per image, with its 95 %
 *     confidence interval; p is corrected for all alignments of the report
 */
public record Alignment(double saliency, double centre, PairedDifference difference) {
  private static final Measure MEASURE = Measure.CC;

  /**
   * Says which of the two explains the maps better.
   *
   * @return a few words: whether the confidence interval lies above 0, below, or around it
   */
  public String verdict() {
    if (difference.low() > 0) {
      return "more than the centre";
    }
    return difference.high() < 0
        ? "less than the centre"
        : "as the centre, as far as these images tell";
  }

  /** Each model and precision against each saliency that is no control; empty without centre. */
  static List<Alignment> of(Summary summary, Rows rows) throws IOException {
    List<Alignment> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        for (Reference reference : Reference.all(r -> r.isSaliency() && !r.isControl())) {
          Optional<Double> saliency = mean(summary, model, precision, reference);
          Optional<Double> centre = mean(summary, model, precision, Reference.CENTRE);
          if (saliency.isPresent() && centre.isPresent()) {
            double[] differences =
                rows.above(model, precision, MEASURE.id(), reference.id(), Reference.CENTRE.id());
            if (differences.length > 0) {
              all.add(
                  new Alignment(
                      saliency.get(),
                      centre.get(),
                      PairedDifference.of(
                          model,
                          precision,
                          Reference.CENTRE.id(),
                          reference.id(),
                          MEASURE.id(),
                          differences)));
            }
          }
        }
      }
    }
    Holm.correct(all, Alignment::difference, (a, d) -> new Alignment(a.saliency, a.centre, d));
    return all;
  }

  private static Optional<Double> mean(
      Summary summary, String model, String precision, Reference reference) {
    return summary.line(model, precision, reference.id(), MEASURE.id()).map(SummaryLine::mean);
  }
}
