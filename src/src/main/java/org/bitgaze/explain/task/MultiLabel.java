package org.bitgaze.explain.task;

import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;
import org.bitgaze.measure.Agreement;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.StandardMeasure;

/**
 * Any number of labels: those whose logit is larger than 0. A map explains the class with the
 * highest logit, whether or not it is a label.
 *
 * @param classes number of logits
 */
public record MultiLabel(int classes) implements Objective {
  private static final long serialVersionUID = 1L;

  /**
   * A set of labels.
   *
   * @param labels the classes whose logits are larger than 0
   * @param mainClass the class with the highest logit
   * @param probability sigmoid of its logit, in [0, 1]
   */
  public record LabelSet(SortedSet<Integer> labels, int mainClass, double probability)
      implements Answer {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public String id() {
    return Task.MULTILABEL.id();
  }

  @Override
  public String description() {
    return Task.MULTILABEL.description();
  }

  @Override
  public LabelSet answer(float[] outputs, Grid grid) {
    SortedSet<Integer> labels = new TreeSet<>();
    int best = 0;
    for (int i = 0; i < classes; i++) {
      if (outputs[i] > 0) {
        labels.add(i);
      }
      best = outputs[i] > outputs[best] ? i : best;
    }
    return new LabelSet(labels, best, Binary.sigmoid(outputs[best]));
  }

  @Override
  public OptionalInt scores() {
    return OptionalInt.of(classes);
  }

  @Override
  public Optional<float[]> weights(int outputs, Answer explained) {
    float[] weights = new float[outputs];
    weights[explained.mainClass()] = 1;
    return Optional.of(weights);
  }

  @Override
  public double probability(float[] outputs, Answer explained) {
    return Binary.sigmoid(outputs[explained.mainClass()]);
  }

  @Override
  public Agreement agreement(Answer answer, Answer reference) {
    return agreement(((LabelSet) answer).labels(), ((LabelSet) reference).labels());
  }

  @Override
  public Agreement agreement(Answer answer, Truth truth, Grid grid) {
    return agreement(((LabelSet) answer).labels(), Labels.of(truth, this).classes()).ofLabel();
  }

  /** The share of common labels (Jaccard), 1 if both sets are empty. */
  private static Agreement agreement(Set<Integer> a, Set<Integer> b) {
    Set<Integer> both = new HashSet<>(a);
    both.retainAll(b);
    Set<Integer> either = new HashSet<>(a);
    either.addAll(b);
    double overlap = either.isEmpty() ? 1 : (double) both.size() / either.size();
    return Agreement.of(a.equals(b), StandardMeasure.LABELS, overlap);
  }

  @Override
  public Set<Measure> measures() {
    return Set.of(StandardMeasure.LABELS);
  }
}
