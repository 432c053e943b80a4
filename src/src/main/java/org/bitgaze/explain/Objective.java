package org.bitgaze.explain;

import java.io.Serializable;
import org.bitgaze.choice.Named;

/**
 * What a network's outputs mean: which answer they give, and which score a map explains. The score
 * is linear in the outputs, S = sum W * output, so that a compiled program needs to know W only.
 */
public interface Objective extends Named, Serializable {
  /** One class per image: the answer is the largest logit, and W is one-hot. */
  Objective CLASSIFICATION = new Classification();

  /**
   * Finds the network's answer.
   *
   * @param outputs the outputs for one image
   * @return class index
   */
  int answer(float[] outputs);

  /**
   * Computes a class's probability.
   *
   * @param outputs the outputs for one image
   * @param index the class
   * @return in [0, 1]
   */
  double probability(float[] outputs, int index);

  /**
   * Computes the weights of the explained score.
   *
   * @param outputs the outputs for one image
   * @param index the explained class
   * @return W, as many numbers as there are outputs
   */
  float[] weights(float[] outputs, int index);
}
