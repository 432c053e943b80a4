package org.bitgaze.torch;

import java.io.Serializable;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.model.Model;
import org.bitgaze.quant.sweep.PrecisionAlternatives;

/**
 * Decides what a compiled sweep program can compute.
 *
 * @param model the network, its weights, the target layer, and how it is run
 * @param choices the precisions that a layer may have
 * @param cam how the target layer's activations are weighed
 */
public record SweepKey(Model model, PrecisionAlternatives choices, MapMethod cam)
    implements Serializable {
  private static final long serialVersionUID = 1L;
}
