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
 * What one trial did: a line of {@code layers.csv}.
 *
 * @param model the model's id
 * @param precision to which was quantized what was
 * @param trial the kind's id
 * @param layer its name; empty for the whole network
 * @param index of the layer in network order, from 0; -1 for the whole network
 * @param weights how many the layer has
 * @param multiplyAdds of one image in the layer
 * @param effect what it does
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
   * Puts a model's lines together.
   *
   * @param model the model's id
   * @param layers its layers, in network order
   * @param trials what was run
   * @param evaluation what came out
   * @return one line per trial, in the trials' order
   */
  public static List<Sensitivity> of(
      String model,
      List<QuantizableLayer> layers,
      List<SensitivityRun> trials,
      Evaluation evaluation) {
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

  /**
   * Returns how far the map drifts from f32's.
   *
   * @return the mean; nothing if that was not measured
   */
  public Optional<Double> drift() {
    return Optional.ofNullable(effect.drift()).map(Value::mean);
  }

  /**
   * Returns a measure against f32.
   *
   * @param measure which
   * @return its mean, if it has one
   */
  public Optional<Double> mean(Measure measure) {
    return Optional.ofNullable(effect.values().get(key(Reference.F32, measure))).map(Value::mean);
  }

  /**
   * Tells whether one layer was quantized by itself.
   *
   * @return whether it is neither a part of one nor the whole network
   */
  public boolean isSingle() {
    return !layer.isEmpty() && trial.equals(QuantizedPart.ONLY.id());
  }
}
