package org.bitgaze.explain;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.measure.Agreement;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.Measure;

/**
 * One class per image, by the largest logit.
 *
 * @param classes the number of classes; 0 for any number
 */
public record Classification(int classes) implements Objective {
  private static final long serialVersionUID = 1L;

  /** Any number of classes. */
  Classification() {
    this(0);
  }

  /**
   * One of a number of classes.
   *
   * @param classes the number
   * @return the objective
   */
  public static Objective of(int classes) {
    return new Classification(classes);
  }

  /**
   * A class, and how sure the network is of it.
   *
   * @param mainClass the class
   * @param probability softmax of its logit, in [0, 1]
   */
  public record ClassAnswer(int mainClass, double probability) implements Answer {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public String id() {
    return "classification";
  }

  @Override
  public String description() {
    return "one class per image, by the largest logit";
  }

  /**
   * Finds the most likely class. The first of equal logits wins, as in PyTorch's argmax.
   *
   * @param outputs the logits of one image
   * @return class index
   */
  public static int largest(float[] outputs) {
    int best = 0;
    for (int i = 1; i < outputs.length; i++) {
      if (outputs[i] > outputs[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * Computes a class's probability, the softmax of its logit.
   *
   * @param outputs the logits of one image
   * @param index the class
   * @return in [0, 1]
   */
  public static double probability(float[] outputs, int index) {
    double max = outputs[largest(outputs)];
    double sum = 0;
    for (float output : outputs) {
      sum += Math.exp(output - max);
    }
    return Math.exp(outputs[index] - max) / sum;
  }

  @Override
  public ClassAnswer answer(float[] outputs, Grid grid) {
    int best = largest(outputs);
    return new ClassAnswer(best, probability(outputs, best));
  }

  /** One-hot: S is the class's logit. */
  @Override
  public Optional<float[]> weights(int outputs, Answer explained) {
    float[] weights = new float[outputs];
    weights[explained.mainClass()] = 1;
    return Optional.of(weights);
  }

  @Override
  public double probability(float[] outputs, Answer explained) {
    return probability(outputs, explained.mainClass());
  }

  @Override
  public Agreement agreement(Answer answer, Answer reference) {
    return new Agreement(Optional.of(answer.mainClass() == reference.mainClass()), Map.of());
  }

  @Override
  public Agreement agreement(Answer answer, Truth truth, Grid grid) {
    throw new IllegalArgumentException("labels of classification are class indices");
  }

  @Override
  public Set<Measure> measures() {
    return Set.of();
  }
}
