package org.bitgaze.pipelines.layers;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;

/**
 * Whether the noise that a layer adds predicts how far it moves the map: Spearman's rank
 * correlation of a signal-to-noise ratio with the drift, over layers that are quantized alone. At
 * -1 the noisiest layers move the map most, and any tool finds them; at 0 noise predicts nothing.
 *
 * @param model the model's id
 * @param precision the layers' precision
 * @param measure the ratio's id
 * @param rho in [-1, 1]; NaN for fewer than three layers
 * @param layers the number of layers that have both
 */
public record RatioAgreement(
    String model, String precision, String measure, double rho, int layers) {

  /**
   * Correlates.
   *
   * @param precision the precision of the trials
   * @param lines the model's lines
   * @return one for each ratio
   */
  public static List<RatioAgreement> of(String model, String precision, List<Sensitivity> lines) {
    List<RatioAgreement> all = new ArrayList<>();
    for (Measure ratio : MeasureCatalog.ofSignals()) {
      List<double[]> pairs = new ArrayList<>();
      for (Sensitivity line : lines) {
        if (line.isSingle()
            && line.precision().equals(precision)
            && line.mean(ratio).isPresent()
            && line.drift().isPresent()) {
          pairs.add(new double[] {line.mean(ratio).get(), line.drift().get()});
        }
      }
      double rho =
          pairs.size() < 3
              ? Double.NaN
              : new SpearmansCorrelation()
                  .correlation(
                      pairs.stream().mapToDouble(p -> p[0]).toArray(),
                      pairs.stream().mapToDouble(p -> p[1]).toArray());
      all.add(new RatioAgreement(model, precision, ratio.id(), rho, pairs.size()));
    }
    return all;
  }
}
