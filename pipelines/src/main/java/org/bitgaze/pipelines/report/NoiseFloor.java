package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.table.Table;
import org.bitgaze.quant.Precision;

/**
 * A precision's likeness to f32, beside that of a second f32 run with other random numbers. Only a
 * drift beyond that noise is an effect of quantization.
 *
 * @param noise mean of the measure of the second f32 run against f32, over the images that have
 *     both values
 * @param value mean of the measure of the precision against f32, over the same images
 * @param difference the precision's measure minus the second f32 run's, paired per image, with its
 *     95 % confidence interval; p is corrected for all rows of the table
 */
public record NoiseFloor(double noise, double value, PairedDifference difference) {

  /** {@return whether the precision's drift exceeds the noise, by the corrected paired test} */
  public String verdict() {
    if (difference.sign() == 0) {
      return "not distinguishable from noise with these images";
    }
    return isExceeded() ? "more than noise" : "less than noise";
  }

  /** {@return whether the corrected test says that the precision's drift exceeds the noise} */
  public boolean isExceeded() {
    boolean larger = MeasureCatalog.of(difference.measure()).better() == Measure.Better.LARGER;
    return difference.sign() == (larger ? -1 : 1);
  }

  /** Each model and precision by each measure of likeness; empty if the protocol is not random. */
  static List<NoiseFloor> of(Summary summary, RowQueries rows) throws IOException {
    List<PairedTests.Request> requests = new ArrayList<>();
    String floor = Precision.F32B.toString();
    if (!summary.precisions().contains(floor)) {
      return List.of();
    }
    String f32 = Reference.F32.id();
    for (String model : summary.models().keySet()) {
      Pairs.Place noise = new Pairs.Place(model, floor, f32);
      for (String precision : summary.precisions()) {
        for (String measure : Distributions.measures(summary)) {
          if (precision.equals(floor)) {
            continue;
          }
          Pairs.Place place = new Pairs.Place(model, precision, f32);
          requests.add(new PairedTests.Request(measure, place, noise, floor));
        }
      }
    }
    List<NoiseFloor> all =
        PairedTests.of(
            rows,
            requests,
            (pairs, test) ->
                new NoiseFloor(
                    StatUtils.mean(pairs.others()), StatUtils.mean(pairs.values()), test));
    Holm.correct(all, NoiseFloor::difference, (n, d) -> new NoiseFloor(n.noise, n.value, d));
    return all;
  }

  static Table table(List<NoiseFloor> floors, Map<String, String> titles) {
    return new Layout<NoiseFloor>()
        .left("Model", f -> titles.get(f.difference().model()))
        .left("Precision", f -> f.difference().precision())
        .left("Measure", f -> f.difference().measure())
        .right("Noise", f -> Numbers.fixed(f.noise(), 3))
        .right("Against f32", f -> Numbers.fixed(f.value(), 3))
        .right("Images", f -> f.difference().pairs())
        .right("Mean difference [95 % CI]", f -> f.difference().interval(3))
        .right("p, Holm", f -> f.difference().correctedCell())
        .left("The drift is", NoiseFloor::verdict)
        .of(floors);
  }
}
