package org.bitgaze.program;

import java.io.Serializable;
import org.bitgaze.quant.Quantization;

/**
 * All that decides what a compiled CAM program computes.
 *
 * @param model the network and its weights
 * @param quantization what is done to weights and activations
 * @param targetLayer layer whose activations are weighed
 * @param cam how they are weighed, by {@link org.bitgaze.cam.CamMethod#id}
 */
public record ProgramKey(ModelFile model, Quantization quantization, String targetLayer, String cam)
    implements Serializable {}
