package org.bitgaze.pipelines.cli;

import java.io.IOException;
import org.bitgaze.graph.FoldBatchNorm;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;

/** Checks that ranges fit models, before anything runs. */
final class CalibratedModels {
  private CalibratedModels() {}

  /**
   * Quantizes a model, without reading its weights.
   *
   * @return how it is quantized
   * @throws IllegalArgumentException if the model, or one of its points, has no range
   * @throws IOException if the weights cannot be opened
   */
  static Quantization check(Calibration calibration, Model model, Precision precision)
      throws IOException {
    Quantization quantization = calibration.quantization(model.id(), precision);
    try (OpenModel open = model.open()) {
      quantization.apply(open.network().apply(new FoldBatchNorm()));
    }
    return quantization;
  }
}
