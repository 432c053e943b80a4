package org.bitgaze.quant.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;

/**
 * One configuration of a sweep that measures the sensitivity of a network's layers.
 *
 * @param precision an integer precision
 * @param part what is quantized
 * @param layer the layer; empty for the whole network
 * @param configuration the precisions of all layers
 */
public record SensitivityRun(
    Precision precision,
    QuantizedPart part,
    Optional<QuantizableLayer> layer,
    Configuration configuration) {

  /**
   * Lists the runs of a sweep: the whole network first, then layer by layer.
   *
   * @param layers the network's layers in graph order
   * @param precision an integer precision
   * @param parts what is quantized of each layer
   * @return runs whose configurations have different names
   */
  public static List<SensitivityRun> of(
      List<QuantizableLayer> layers, Precision precision, Collection<QuantizedPart> parts) {
    List<SensitivityRun> runs = new ArrayList<>();
    runs.add(whole(precision, QuantizedPart.ONLY, precision.toString()));
    // A file's pairs have no weights.
    boolean weighted = layers.stream().anyMatch(layer -> layer.weights() > 0);
    for (QuantizedPart part : List.of(QuantizedPart.WEIGHTS, QuantizedPart.ACTIVATIONS)) {
      if (weighted) {
        runs.add(whole(precision, part, precision + " " + part.id()));
      }
    }
    for (QuantizableLayer layer : layers) {
      for (QuantizedPart part : parts) {
        if (part.appliesTo(layer)) {
          Configuration configuration = part.configuration(precision, layer.name());
          runs.add(new SensitivityRun(precision, part, Optional.of(layer), configuration));
        }
      }
    }
    return runs;
  }

  private static SensitivityRun whole(Precision precision, QuantizedPart part, String name) {
    Configuration configuration = new Configuration(name, part.precision(precision), Map.of());
    return new SensitivityRun(precision, part, Optional.empty(), configuration);
  }

  /** {@return the configuration's name} */
  public String name() {
    return configuration.name();
  }
}
