package org.bitgaze.explain.perturb;

import java.util.List;

/** A network cut at the target layer: the activations of one input, and what follows from them. */
public interface TargetState {

  /** {@return the activations as real numbers} */
  Activations activations();

  /**
   * Runs the rest of the network without some channels: a batch of them, for all their activations
   * may be in memory at once.
   *
   * @param channels the channel that is set to zero in each run, or a negative number for none
   * @return the outputs of each run, in order, as {@link ForwardNetwork#outputs} returns them
   * @throws UnsupportedOperationException if the rest of the network needs more than the target
   */
  List<float[]> outputsWithout(int[] channels);
}
