package org.bitgaze.pipelines.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.sweep.QuantizedPart;
import org.bitgaze.quant.sweep.SensitivityRun;

/**
 * The result of one trial: a line of {@code layers.csv}.
 *
 * @param model the model's id
 * @param precision of what was quantized
 * @param trial the kind's id
 * @param layer the layer's name; empty for the whole network
 * @param index of the layer in network order, from 0; -1 for the whole network
 * @param weights the number of the layer's weights
 * @param multiplyAdds the layer's multiply-adds for one image
 * @param effect the trial's effect
 */
public record Sensitivity(
    String model,
    String precision,
    String trial,
    String layer,
    int index,
    long weights,
    long multiplyAdds,
    Effect effect) {

  /**
   * Makes a model's lines.
   *
   * @param layers its layers, in network order
   * @param trials the trials
   * @param evaluation their results
   * @return one line per trial, in the trials' order
   */
  public static List<Sensitivity> of(
      String model,
      List<QuantizableLayer> layers,
      List<SensitivityRun> trials,
      SweepEvaluation evaluation) {
    List<Sensitivity> lines = new ArrayList<>();
    for (SensitivityRun trial : trials) {
      Optional<QuantizableLayer> layer = trial.layer();
      lines.add(
          new Sensitivity(
              model,
              trial.precision().toString(),
              trial.part().id(),
              layer.map(QuantizableLayer::name).orElse(""),
              layer.map(layers::indexOf).orElse(-1),
              layer.map(QuantizableLayer::weights).orElse(0L),
              layer.map(QuantizableLayer::multiplyAdds).orElse(0L),
              evaluation.effect(model, trial.name())));
    }
    return lines;
  }

  static String key(Reference reference, Measure measure) {
    return reference.id() + "_" + measure.id();
  }

  /** {@return the mean drift of the map from f32's; empty if it was not measured} */
  public Optional<Double> drift() {
    return Optional.ofNullable(effect.drift()).map(Estimate::mean);
  }

  /** {@return its mean, if it has one} */
  public Optional<Double> mean(Measure measure) {
    return Optional.ofNullable(effect.values().get(key(Reference.F32, measure)))
        .map(Estimate::mean);
  }

  /** {@return whether exactly one layer was quantized, with weights and activations} */
  public boolean isSingle() {
    return !layer.isEmpty() && trial.equals(QuantizedPart.ONLY.id());
  }
}
