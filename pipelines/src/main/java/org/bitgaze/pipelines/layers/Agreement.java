package org.bitgaze.pipelines.layers;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;

/**
 * Whether the noise that a layer adds tells how far it moves the map: Spearman's rank correlation
 * over the layers, each by itself, of a signal-to-noise ratio with the drift. -1: the noisiest
 * layers move it most, and any tool would find them; 0: noise tells nothing.
 *
 * @param model the model's id
 * @param precision of the layers
 * @param measure which ratio
 * @param rho in [-1, 1]; NaN for fewer than three layers
 * @param layers how many have both
 */
public record Agreement(String model, String precision, String measure, double rho, int layers) {

  /**
   * Correlates.
   *
   * @param model the model's id
   * @param precision whose trials are looked at
   * @param lines of that model
   * @return one for each ratio
   */
  public static List<Agreement> of(String model, String precision, List<Sensitivity> lines) {
    List<Agreement> all = new ArrayList<>();
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
      all.add(new Agreement(model, precision, ratio.id(), rho, pairs.size()));
    }
    return all;
  }
}
