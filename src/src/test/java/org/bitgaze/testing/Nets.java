package org.bitgaze.testing;

import java.io.IOException;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.model.Execution;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.weights.TensorSource;

/** Models of tests, and their programs. */
public final class Nets {
  private Nets() {}

  /** A model that needs no file. */
  public static OpenModel open(Graph graph, TensorSource weights, String targetLayer) {
    return new OpenModel(
        new Network(graph, weights), Preprocessing.IMAGENET, targetLayer, Execution.DEPLOYMENT);
  }

  /** A program of Grad-CAM++. */
  public static CamProgram program(OpenModel model, Quantization quantization) throws IOException {
    return CamProgram.of(model, quantization, MapMethod.GRADCAM_PLUS_PLUS, Arithmetic.SIMULATED);
  }
}
