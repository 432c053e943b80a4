package org.bitgaze.model;

import java.io.Serializable;
import org.bitgaze.image.Resize;
import org.bitgaze.network.Mode;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.zoo.LayerChoice;

/**
 * How a model is run, whatever its weights.
 *
 * @param resize how images become what the network takes
 * @param mode what batch norms and dropout do
 * @param scheme where and to which integers activations are quantized
 * @param target whose activations a map weighs
 */
public record Execution(Resize resize, Mode mode, ActivationScheme scheme, LayerChoice target)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** As networks are deployed. */
  public static final Execution DEPLOYMENT =
      new Execution(Resize.CROP, Mode.EVAL, ActivationScheme.DEPLOYMENT, LayerChoice.LAST);

  /** As the paper runs them. */
  public static final Execution PAPER =
      new Execution(Resize.SQUASH, Mode.TRAIN, ActivationScheme.PAPER, LayerChoice.PAPER);
}
