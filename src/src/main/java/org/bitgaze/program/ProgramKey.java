package org.bitgaze.program;

import java.io.Serializable;
import org.bitgaze.cam.CamMethod;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Quantization;

/**
 * All that decides what a compiled CAM program computes.
 *
 * @param model the network, its weights, the target layer, and how it is run
 * @param quantization what is done to weights and activations
 * @param cam how the target layer's activations are weighed
 */
public record ProgramKey(Model model, Quantization quantization, CamMethod cam)
    implements Serializable {
  private static final long serialVersionUID = 1L;
}
