package org.bitgaze.explain;

/** One class per image, by the largest logit. */
final class Classification implements Objective {
  private static final long serialVersionUID = 1L;

  @Override
  public String id() {
    return "classification";
  }

  @Override
  public String description() {
    return "one class per image, by the largest logit";
  }

  /** The first of equal logits wins, as in PyTorch's argmax. */
  @Override
  public int answer(float[] outputs) {
    int best = 0;
    for (int i = 1; i < outputs.length; i++) {
      if (outputs[i] > outputs[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Softmax of the logits. */
  @Override
  public double probability(float[] outputs, int index) {
    double max = outputs[answer(outputs)];
    double sum = 0;
    for (float output : outputs) {
      sum += Math.exp(output - max);
    }
    return Math.exp(outputs[index] - max) / sum;
  }

  /** One-hot: S is the class's logit. */
  @Override
  public float[] weights(float[] outputs, int index) {
    float[] weights = new float[outputs.length];
    weights[index] = 1;
    return weights;
  }

  private Object readResolve() {
    return CLASSIFICATION;
  }
}
