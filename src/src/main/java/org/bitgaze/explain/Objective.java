package org.bitgaze.explain;

import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bitgaze.choice.Named;
import org.bitgaze.measure.Agreement;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.ScoredMatches;

/**
 * What a network's outputs mean: which answer they give, and which score a map explains. The score
 * is linear in the outputs, S = sum W * output, so that a compiled program needs to know W only.
 */
public interface Objective extends Named, Serializable {
  /** One class per image: the answer is the largest logit, and W is one-hot. */
  Objective CLASSIFICATION = new Classification();

  /** {@return the number of classes} */
  int classes();

  /** {@return the number of scores for one image; empty if it may be any} */
  default OptionalInt scores() {
    return OptionalInt.empty();
  }

  /**
   * Finds the network's answer.
   *
   * @param outputs the outputs for one image
   * @param grid the network's input, and where the picture lies in it
   * @return the answer
   * @throws IllegalArgumentException if the outputs contradict what is known of them
   */
  Answer answer(float[] outputs, Grid grid);

  /**
   * Computes the weights of the explained score.
   *
   * @param outputs number of outputs for one image
   * @param explained an answer of this objective
   * @return W, one number for each output; nothing if the answer has nothing to explain
   */
  Optional<float[]> weights(int outputs, Answer explained);

  /**
   * Computes how sure the network is of an answer.
   *
   * @param outputs the outputs for one image
   * @param explained an answer of this objective, for any image and network, that has something to
   *     explain
   * @return the mean probability of the parts of the answer that {@link #weights} weighs, in [0, 1]
   */
  double probability(float[] outputs, Answer explained);

  /**
   * Compares two answers.
   *
   * @param answer the answer
   * @param reference the one at full precision
   * @return how they agree
   */
  Agreement agreement(Answer answer, Answer reference);

  /**
   * Compares an answer with what the image shows.
   *
   * @param answer the answer
   * @param truth what the image shows
   * @param grid the network's input, and where the picture lies in it
   * @return how they agree
   * @throws IllegalArgumentException if such a label is not one of this task
   */
  Agreement agreement(Answer answer, Truth truth, Grid grid);

  /**
   * Matches an answer with what the image shows, for a measure of all images together.
   *
   * @param answer the answer
   * @param truth what the image shows
   * @param grid the network's input, and where the picture lies in it
   * @return what the image adds to {@link #measuresOfAll}; nothing if the task has none
   * @throws IllegalArgumentException if such a label is not one of this task
   */
  default Optional<ScoredMatches> matches(Answer answer, Truth truth, Grid grid) {
    return Optional.empty();
  }

  /** {@return the measures of answers to all images together, which no single image has} */
  default Set<Measure> measuresOfAll() {
    return Set.of();
  }

  /** {@return the measures of answers that only this task has} */
  Set<Measure> measures();

  /**
   * Tells whether answers of a network with another objective can be compared with this one's.
   *
   * @param other the other objective
   * @return whether both have the same task, classes and positions
   */
  default boolean sameOutputs(Objective other) {
    return id().equals(other.id()) && classes() == other.classes();
  }

  /** {@return whether labels are class indices, one or several for an image} */
  default boolean hasLabels() {
    return true;
  }

  /** {@return the map method that suits the task} */
  default MapMethod method() {
    return MapMethod.GRADCAM_PLUS_PLUS;
  }

  /** {@return why an image has no map if the answer has nothing to explain} */
  default String nothing() {
    return "the answer has nothing to explain";
  }

  /** {@return whether this is classification, whose programs choose the class themselves} */
  default boolean isClassification() {
    return id().equals(CLASSIFICATION.id());
  }
}
