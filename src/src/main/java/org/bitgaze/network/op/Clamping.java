package org.bitgaze.network.op;

import java.util.List;

/** An activation that only clamps: min(max(x, {@link #min}), {@link #max}). */
public interface Clamping extends Op {

  /**
   * Returns the smallest output.
   *
   * @return the lower bound
   */
  double min();

  /**
   * Returns the largest output.
   *
   * @return the upper bound, perhaps infinite
   */
  double max();

  @Override
  default int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  default QuantizationRole quantizationRole() {
    return QuantizationRole.ACTIVATION;
  }
}
