package org.bitgaze.explain.perturb;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/**
 * What a method explains of one input.
 *
 * @param network the network
 * @param input the input, see {@link ForwardNetwork#outputs}; not changed
 * @param outputs the network's outputs for it
 * @param explained what is explained of the outputs
 */
record ExplainedInput(ForwardNetwork network, float[] input, float[] outputs, Explained explained) {

  /** {@return the score of the input} */
  double score() {
    return explained.score(outputs);
  }

  /**
   * Runs the network on perturbed inputs, in batches: only a batch of them is in memory, and of
   * their outputs only one number each is kept.
   *
   * @param count their number
   * @param perturbed makes one of them, by its index
   * @param number what is kept of the outputs
   * @return the number of each input
   */
  double[] run(int count, IntFunction<float[]> perturbed, ToDoubleFunction<float[]> number) {
    double[] all = new double[count];
    for (int start = 0; start < count; start += network.batchSize()) {
      List<float[]> batch = new ArrayList<>();
      for (int i = start; i < Math.min(start + network.batchSize(), count); i++) {
        batch.add(perturbed.apply(i));
      }
      List<float[]> outputs = network.outputs(batch);
      for (int i = 0; i < batch.size(); i++) {
        all[start + i] = number.applyAsDouble(outputs.get(i));
      }
    }
    return all;
  }
}
