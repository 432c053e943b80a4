package org.bitgaze.quant;

import java.io.Serializable;

/**
 * How activations are quantized, at any precision.
 *
 * @param points where
 * @param reducedRange whether activations have one bit less than weights, as PyTorch's {@code
 *     reduce_range}
 * @param quantizedLogits whether the output of the last layer with weights is quantized; a logit
 *     outside its range then has zero gradient, and its map vanishes
 */
public record ActivationScheme(PointPlacement points, boolean reducedRange, boolean quantizedLogits)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** As networks are deployed. */
  public static final ActivationScheme DEPLOYMENT =
      new ActivationScheme(PointPlacement.FUSED, false, false);

  /** As the paper's networks are quantized. */
  public static final ActivationScheme PAPER =
      new ActivationScheme(PointPlacement.UNFUSED, true, true);

  /**
   * Returns the integers that activations may become.
   *
   * @param precision an integer precision
   * @return the precision's integers, with one bit less if the range is reduced
   * @throws IllegalStateException for floating point
   */
  public Precision.IntegerRange activations(Precision precision) {
    return reducedRange ? precision.reducedActivations() : precision.activations();
  }
}
