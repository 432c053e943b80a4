package org.bitgaze.explain.perturb;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

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
   * Runs the network on perturbed inputs, in batches: only a batch of them is in memory.
   *
   * @param count their number
   * @param perturbed makes one of them, by its index
   * @return the score of each
   */
  double[] scores(int count, IntFunction<float[]> perturbed) {
    int[] indices = explained.indices();
    return run(
        count, perturbed, batch -> network.outputs(batch, indices), explained::scoreOfIndexed);
  }

  /**
   * Runs the network likewise.
   *
   * @param count number of inputs
   * @param perturbed makes one of them, by its index
   * @return the probability of the explained answer for each
   */
  double[] probabilities(int count, IntFunction<float[]> perturbed) {
    return run(count, perturbed, network::outputs, explained::probability);
  }

  private double[] run(
      int count,
      IntFunction<float[]> perturbed,
      UnaryOperator<List<float[]>> outputs,
      ToDoubleFunction<float[]> number) {
    double[] all = new double[count];
    for (int start = 0; start < count; start += network.batchSize()) {
      List<float[]> batch = new ArrayList<>();
      for (int i = start; i < Math.min(start + network.batchSize(), count); i++) {
        batch.add(perturbed.apply(i));
      }
      List<float[]> found = outputs.apply(batch);
      for (int i = 0; i < batch.size(); i++) {
        all[start + i] = number.applyAsDouble(found.get(i));
      }
    }
    return all;
  }
}
