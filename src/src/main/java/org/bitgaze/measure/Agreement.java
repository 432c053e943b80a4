package org.bitgaze.measure;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;

/**
 * How an answer agrees with another answer, or with a label. Each task defines it.
 *
 * @param same whether the two are the same answer; empty where the task does not ask it of a label
 * @param values the task's own measures, by {@link Measure#id}
 */
public record Agreement(Optional<Boolean> same, Map<String, Double> values)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nothing is compared. */
  public static final Agreement NONE = new Agreement(Optional.empty(), Map.of());

  /** Copies the map. */
  public Agreement {
    values = Map.copyOf(values);
  }

  /**
   * Says whether answers are the same, and how similar they are.
   *
   * @param same whether they are
   * @param measure the task's measure
   * @param value its value
   * @return the agreement
   */
  public static Agreement of(boolean same, Measure measure, double value) {
    return new Agreement(Optional.of(same), Map.of(measure.id(), value));
  }

  /** {@return the agreement without {@link #same}: as labels are compared that are no answers} */
  public Agreement ofLabel() {
    return new Agreement(Optional.empty(), values);
  }

  /** {@return the value of a measure; NaN if the task has no such measure} */
  double value(String measure) {
    return values.getOrDefault(measure, Double.NaN);
  }
}
