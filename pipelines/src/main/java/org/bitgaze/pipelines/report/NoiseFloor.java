package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * A precision's likeness to f32 beside that of f32 with another draw of its random numbers: only
 * what lies beyond that noise is the quantization's doing.
 *
 * @param noise mean of the measure of f32's second draw against f32, over maps that have a value
 * @param value mean of the measure of the precision against f32, likewise
 * @param difference the precision's measure minus the second draw's, paired per image, with its 95
 *     % confidence interval; p is corrected for all rows of the table
 */
public record NoiseFloor(double noise, double value, PairedDifference difference) {

  /**
   * Says whether the precision's drift exceeds the noise.
   *
   * @return a few words: whether the confidence interval lies beyond 0
   */
  public String verdict() {
    boolean larger = Measure.of(difference.measure()).better() == Measure.Better.LARGER;
    boolean beyond = larger ? difference.high() < 0 : difference.low() > 0;
    boolean below = larger ? difference.low() > 0 : difference.high() < 0;
    return beyond
        ? "more than noise"
        : below ? "less than noise" : "not to be told from noise, by these images";
  }

  /** Each model and precision by each measure of likeness; empty where nothing is drawn. */
  static List<NoiseFloor> of(Summary summary, Rows rows) throws IOException {
    List<NoiseFloor> all = new ArrayList<>();
    String floor = Precision.F32B.toString();
    String f32 = Reference.F32.id();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        for (String measure : Charts.measures(summary)) {
          if (precision.equals(floor)) {
            continue;
          }
          double[] differences = rows.differences(model, f32, measure, precision, floor);
          if (differences.length > 0) {
            all.add(
                new NoiseFloor(
                    rows.mean(model, floor, f32, measure),
                    rows.mean(model, precision, f32, measure),
                    PairedDifference.of(model, precision, floor, f32, measure, differences)));
          }
        }
      }
    }
    Holm.correct(all, NoiseFloor::difference, (n, d) -> new NoiseFloor(n.noise, n.value, d));
    return all;
  }
}
