package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;

/**
 * How well a network's maps agree with saliency, beside how well they agree with the picture's
 * centre: a model of gaze says something of a map only as far as it says more than the centre does.
 *
 * @param saliency mean CC with the saliency maps, of the images that have both values
 * @param centre mean CC with the centre, of the same
 * @param difference CC with saliency minus CC with the centre, paired per image, with its 95 %
 *     confidence interval; p is corrected for all alignments of the report
 */
public record Alignment(double saliency, double centre, PairedDifference difference) {
  private static final Measure MEASURE = StandardMeasure.CC;

  /**
   * Says which of the two explains the maps better.
   *
   * @return a few words: whether the paired test, corrected for all alignments, tells the two apart
   */
  public String verdict() {
    return switch (difference.sign()) {
      case 1 -> "more than the centre";
      case -1 -> "less than the centre";
      default -> "as the centre, as far as these images tell";
    };
  }

  /** Each model and precision against each saliency that is no control; empty without centre. */
  static List<Alignment> of(Summary summary, Rows rows) throws IOException {
    List<Alignment> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        for (Reference reference : Reference.all(r -> r.isSaliency() && !r.isControl())) {
          if (has(summary, model, precision, reference)
              && has(summary, model, precision, Reference.CENTRE)) {
            Rows.Pairs pairs =
                rows.references(
                    model, precision, MEASURE.id(), reference.id(), Reference.CENTRE.id());
            if (!pairs.isEmpty()) {
              all.add(
                  new Alignment(
                      StatUtils.mean(pairs.values()),
                      StatUtils.mean(pairs.others()),
                      PairedDifference.of(
                          model,
                          precision,
                          Reference.CENTRE.id(),
                          reference.id(),
                          MEASURE.id(),
                          pairs.differences())));
            }
          }
        }
      }
    }
    Holm.correct(all, Alignment::difference, (a, d) -> new Alignment(a.saliency, a.centre, d));
    return all;
  }

  private static boolean has(Summary summary, String model, String precision, Reference reference) {
    return summary.line(model, precision, reference.id(), MEASURE.id()).isPresent();
  }
}
