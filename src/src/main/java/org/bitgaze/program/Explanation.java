package org.bitgaze.program;

import org.bitgaze.image.Heatmap;

/**
 * What a network says of one image, and where it looked.
 *
 * @param cam class activation map at the target layer's resolution: not negative, not scaled
 * @param logits the network's output, one per class
 * @param explained class whose logit the map explains
 */
public record Explanation(Heatmap cam, float[] logits, int explained) {

  /**
   * Returns the network's own answer.
   *
   * @return index of the largest logit, the first if several are equal
   */
  public int topClass() {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * Returns a class's probability: softmax of the logits.
   *
   * @param index the class
   * @return in [0, 1]
   */
  public double probability(int index) {
    double max = logits[topClass()];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return Math.exp(logits[index] - max) / sum;
  }
}
