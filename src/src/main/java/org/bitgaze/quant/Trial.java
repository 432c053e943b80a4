package org.bitgaze.quant;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One configuration of a sweep over a network's layers.
 *
 * @param precision to which is quantized what is
 * @param kind what is quantized
 * @param layer where; nothing for the whole network
 * @param configuration the precisions of all layers, under the trial's name
 */
public record Trial(
    Precision precision,
    TrialKind kind,
    Optional<QuantizableLayer> layer,
    Configuration configuration) {

  /**
   * Lists the trials of a sweep: the whole network first, then layer by layer.
   *
   * @param layers the network's, in its order
   * @param precision an integer precision
   * @param kinds what is quantized of a layer
   * @return trials whose configurations have names of their own
   */
  public static List<Trial> of(
      List<QuantizableLayer> layers, Precision precision, Collection<TrialKind> kinds) {
    List<Trial> trials = new ArrayList<>();
    trials.add(whole(precision, TrialKind.ONLY, precision.toString()));
    for (TrialKind part : List.of(TrialKind.WEIGHTS, TrialKind.ACTIVATIONS)) {
      trials.add(whole(precision, part, precision + " " + part.id()));
    }
    for (QuantizableLayer layer : layers) {
      for (TrialKind kind : kinds) {
        if (kind.appliesTo(layer)) {
          trials.add(
              new Trial(
                  precision,
                  kind,
                  Optional.of(layer),
                  kind.configuration(precision, layer.name())));
        }
      }
    }
    return trials;
  }

  private static Trial whole(Precision precision, TrialKind kind, String name) {
    return new Trial(
        precision,
        kind,
        Optional.empty(),
        Configuration.of(name, kind.precision(precision), Map.of()));
  }

  /**
   * Returns the trial's name.
   *
   * @return the configuration's
   */
  public String name() {
    return configuration.name();
  }
}
