package org.bitgaze.explain.task;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;
import org.bitgaze.measure.Agreement;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.Measure;

/**
 * Yes or no, by the sign of one logit. A map explains the answer: S is the logit of a positive
 * image, and minus the logit of another.
 */
public record Binary() implements Objective {
  private static final long serialVersionUID = 1L;

  /**
   * A yes or no.
   *
   * @param positive whether the logit is larger than 0
   * @param sigmoid of the logit, in [0, 1]
   */
  public record YesOrNo(boolean positive, double sigmoid) implements Answer {
    private static final long serialVersionUID = 1L;

    @Override
    public int mainClass() {
      return positive ? 1 : 0;
    }

    @Override
    public double probability() {
      return positive ? sigmoid : 1 - sigmoid;
    }
  }

  @Override
  public String id() {
    return Task.BINARY.id();
  }

  @Override
  public String description() {
    return Task.BINARY.description();
  }

  @Override
  public int classes() {
    return 2;
  }

  @Override
  public YesOrNo answer(float[] outputs, Grid grid) {
    return new YesOrNo(outputs[0] > 0, sigmoid(outputs[0]));
  }

  static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }

  @Override
  public OptionalInt scores() {
    return OptionalInt.of(1);
  }

  @Override
  public Optional<float[]> weights(int outputs, Answer explained) {
    return Optional.of(new float[] {((YesOrNo) explained).positive() ? 1 : -1});
  }

  @Override
  public double probability(float[] outputs, Answer explained) {
    return sigmoid(((YesOrNo) explained).positive() ? outputs[0] : -outputs[0]);
  }

  @Override
  public Agreement agreement(Answer answer, Answer reference) {
    return new Agreement(Optional.of(answer.mainClass() == reference.mainClass()), Map.of());
  }

  @Override
  public Agreement agreement(Answer answer, Truth truth, Grid grid) {
    boolean label = Labels.of(truth, this).classes().contains(1);
    return new Agreement(Optional.of(((YesOrNo) answer).positive() == label), Map.of());
  }

  @Override
  public Set<Measure> measures() {
    return Set.of();
  }
}
