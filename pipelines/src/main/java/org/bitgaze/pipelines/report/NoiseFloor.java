package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * A precision's likeness to f32 beside that of f32 with another draw of its random numbers: only
 * what lies beyond that noise is the quantization's doing.
 *
 * @param noise mean of the measure of f32's second draw against f32, over the images that have both
 *     values
 * @param value mean of the measure of the precision against f32, over the same
 * @param difference the precision's measure minus the second draw's, paired per image, with its 95
 *     % confidence interval; p is corrected for all rows of the table
 */
public record NoiseFloor(double noise, double value, PairedDifference difference) {

  /**
   * Says whether the precision's drift exceeds the noise.
   *
   * @return a few words: whether the paired test, corrected for all rows of the table, tells the
   *     two apart
   */
  public String verdict() {
    if (difference.sign() == 0) {
      return "not to be told from noise, by these images";
    }
    return isExceeded() ? "more than noise" : "less than noise";
  }

  /**
   * Tells whether the precision's drift exceeds the noise.
   *
   * @return whether the test, corrected for all rows of the table, says so
   */
  public boolean isExceeded() {
    boolean larger = MeasureCatalog.of(difference.measure()).better() == Measure.Better.LARGER;
    return difference.sign() == (larger ? -1 : 1);
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
          Rows.Pairs pairs = rows.precisions(model, f32, measure, precision, floor);
          if (!pairs.isEmpty()) {
            all.add(
                new NoiseFloor(
                    StatUtils.mean(pairs.others()),
                    StatUtils.mean(pairs.values()),
                    PairedDifference.of(
                        model, precision, floor, f32, measure, pairs.differences())));
          }
        }
      }
    }
    Holm.correct(all, NoiseFloor::difference, (n, d) -> new NoiseFloor(n.noise, n.value, d));
    return all;
  }
}
