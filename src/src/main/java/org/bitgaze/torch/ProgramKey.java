package org.bitgaze.torch;

import java.io.Serializable;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;

/**
 * All that decides what a compiled CAM program computes.
 *
 * @param model the network, its weights, the target layer, and how it is run
 * @param quantization what is done to weights and activations
 * @param cam how the target layer's activations are weighed
 * @param arithmetic what the part before the target layer computes with
 */
public record ProgramKey(
    Model model, Quantization quantization, MapMethod cam, Arithmetic arithmetic)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * A program in simulated arithmetic.
   *
   * @param model the network, its weights, the target layer, and how it is run
   * @param quantization what is done to weights and activations
   * @param cam how the target layer's activations are weighed
   */
  public ProgramKey(Model model, Quantization quantization, MapMethod cam) {
    this(model, quantization, cam, Arithmetic.SIMULATED);
  }
}
