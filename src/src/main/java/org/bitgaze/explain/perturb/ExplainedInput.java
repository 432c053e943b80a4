package org.bitgaze.explain.perturb;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What a method explains: one class of one input.
 *
 * @param network the network
 * @param input the input, see {@link ForwardNetwork#outputs}; not changed
 * @param outputs the network's outputs for it
 * @param explained the class
 */
record ExplainedInput(ForwardNetwork network, float[] input, float[] outputs, int explained) {

  /** {@return the score of the input: the class's output} */
  double score() {
    return outputs[explained];
  }

  /**
   * Runs the network on perturbed inputs, in batches: only a batch of them is in memory.
   *
   * @param count their number
   * @param perturbed makes one of them, by its index
   * @return the outputs of each
   */
  List<float[]> outputsOf(int count, IntFunction<float[]> perturbed) {
    List<float[]> all = new ArrayList<>();
    while (all.size() < count) {
      List<float[]> batch = new ArrayList<>();
      while (batch.size() < network.batchSize() && all.size() + batch.size() < count) {
        batch.add(perturbed.apply(all.size() + batch.size()));
      }
      all.addAll(network.outputs(batch));
    }
    return all;
  }
}
