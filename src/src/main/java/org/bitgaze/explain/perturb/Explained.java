package org.bitgaze.explain.perturb;

import java.util.stream.IntStream;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Objective;

/**
 * What a map explains: an answer of a network, as a number that its outputs give.
 *
 * @param objective what the outputs mean
 * @param answer the explained answer
 * @param indices of the outputs that have a weight
 * @param weights of these outputs
 */
record Explained(Objective objective, Answer answer, int[] indices, float[] weights) {

  /**
   * Explains an answer.
   *
   * @param objective what the outputs mean
   * @param answer the explained answer
   * @param weights W, see {@link Objective#weights}
   * @return what is explained
   */
  static Explained of(Objective objective, Answer answer, float[] weights) {
    int[] indices = IntStream.range(0, weights.length).filter(i -> weights[i] != 0).toArray();
    float[] own = new float[indices.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = weights[indices[i]];
    }
    return new Explained(objective, answer, indices, own);
  }

  /** {@return S = sum W * output} */
  double score(float[] outputs) {
    double sum = 0;
    for (int i = 0; i < indices.length; i++) {
      sum += (double) weights[i] * outputs[indices[i]];
    }
    return sum;
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
    return objective.probability(outputs, answer);
  }
}
