package org.bitgaze.measure;

/**
 * What a measure looks at: a network's map of an image and its answer, and what they are compared
 * with.
 *
 * @param map the class activation map M
 * @param reference the map or mask R; a map without values if the reference is an answer only
 * @param answer the class that the network finds most likely
 * @param expected the class that the reference names: f32's answer, or the image's label
 * @param fidelity how much of the reference's signals is left
 * @param faithfulness how well the map explains a network's answers
 * @param agreement how the answers agree by the task's own measures
 */
public record MeasureInput(
    ScaledMap map,
    ScaledMap reference,
    int answer,
    int expected,
    Fidelity fidelity,
    Faithfulness faithfulness,
    Agreement agreement) {
  /** Stands for the class of a reference that names none. */
  public static final int NO_CLASS = -1;

  /**
   * Compares maps and answers.
   *
   * @param map the class activation map M
   * @param reference the map or mask R
   * @param answer the class that the network finds most likely
   * @param expected the class that the reference names
   */
  public MeasureInput(ScaledMap map, ScaledMap reference, int answer, int expected) {
    this(map, reference, answer, expected, Fidelity.UNKNOWN);
  }

  /**
   * Compares maps, answers and signals of classifiers.
   *
   * @param map the class activation map M
   * @param reference the map or mask R
   * @param answer the class that the network finds most likely
   * @param expected the class that the reference names
   * @param fidelity how much of the reference's signals is left
   */
  public MeasureInput(
      ScaledMap map, ScaledMap reference, int answer, int expected, Fidelity fidelity) {
    this(map, reference, answer, expected, fidelity, Faithfulness.UNKNOWN, Agreement.NONE);
  }

  /**
   * Looks at how well a map explains a network's answers.
   *
   * @param map the judged map
   * @param faithfulness what was found
   * @return the input of the measures of faithfulness
   */
  public static MeasureInput of(ScaledMap map, Faithfulness faithfulness) {
    ScaledMap none = ScaledMap.without(MapStatus.OK);
    return new MeasureInput(
        map, none, NO_CLASS, NO_CLASS, Fidelity.UNKNOWN, faithfulness, Agreement.NONE);
  }

  /**
   * Compares maps and the answers of a task whose answers are not classes. Answers are numbered so
   * that equal ones have one number.
   *
   * @param map the class activation map M
   * @param reference the map R; a map without values if only answers are compared
   * @param agreement how the answers agree
   * @param fidelity how much of the reference's signals is left
   * @return the subject
   */
  public static MeasureInput ofAnswers(
      ScaledMap map, ScaledMap reference, Agreement agreement, Fidelity fidelity) {
    int expected = agreement.same().map(same -> same ? 0 : 1).orElse(NO_CLASS);
    return new MeasureInput(map, reference, 0, expected, fidelity, Faithfulness.UNKNOWN, agreement);
  }

  /**
   * Compares maps alone.
   *
   * @param map the map M
   * @param reference the map or mask R
   * @return the subject
   */
  public static MeasureInput of(ScaledMap map, ScaledMap reference) {
    return new MeasureInput(map, reference, NO_CLASS, NO_CLASS, Fidelity.UNKNOWN);
  }
}
