package org.bitgaze.explain.perturb;

import java.util.stream.IntStream;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.Objective;

/**
 * What a map explains: an answer of a network, as a number that its outputs give.
 *
 * @param answered the explained answer, and what the outputs mean
 * @param indices of the outputs that have a weight
 * @param weights of these outputs
 */
record Explained(Answered answered, int[] indices, float[] weights) {

  /**
   * Explains an answer.
   *
   * @param answered the explained answer, and what the outputs mean
   * @param weights W, see {@link Objective#weights}
   * @return what is explained
   */
  static Explained of(Answered answered, float[] weights) {
    int[] indices = IntStream.range(0, weights.length).filter(i -> weights[i] != 0).toArray();
    return new Explained(answered, indices, ForwardNetwork.at(weights, indices));
  }

  /** {@return S = sum W * output} */
  double score(float[] outputs) {
    return scoreOfIndexed(ForwardNetwork.at(outputs, indices));
  }

  /** {@return S, by the outputs at {@link #indices} alone} */
  double scoreOfIndexed(float[] some) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += (double) weights[i] * some[i];
    }
    return sum;
  }

  /** {@return how sure the network is of the answer, in [0, 1]} */
  double probability(float[] outputs) {
    return answered.objective().probability(outputs, answered.answer());
  }
}
