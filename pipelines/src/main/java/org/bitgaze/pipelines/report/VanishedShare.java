package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;

/**
 * How many of a model's maps at one precision are zero everywhere, and why.
 *
 * @param model its id
 * @param precision such as {@code int8}
 * @param maps how many maps there are
 * @param vanished how many of them are zero everywhere
 * @param clipped of how many of these it is known that the explained logit lies beyond its
 *     quantization range, so that no gradient got through
 */
public record VanishedShare(
    String model, String precision, long maps, long vanished, long clipped) {

  /** Every model and precision; empty if no map vanished. */
  static List<VanishedShare> of(Summary summary, Rows rows) throws IOException {
    List<VanishedShare> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        Rows.Vanished counts = rows.vanished(model, precision);
        all.add(
            new VanishedShare(
                model, precision, counts.maps(), counts.vanished(), counts.clipped()));
      }
    }
    return all.stream().anyMatch(v -> v.vanished > 0) ? all : List.of();
  }

  /**
   * Returns the share of maps that vanished.
   *
   * @return in [0, 1]; 0 without maps
   */
  public double share() {
    return maps == 0 ? 0 : (double) vanished / maps;
  }
}
