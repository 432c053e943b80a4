package org.bitgaze.measure;

import java.util.Locale;
import java.util.OptionalDouble;
import org.bitgaze.choice.Named;

/**
 * What a summary does with maps that vanished, which have no values. Rows never have values for
 * them, whatever is chosen. Only {@link StandardMeasure#SIM} can be given a value: vanished maps
 * that count as 1 would explain why the published SIM rises while CC and KLD do not change.
 */
public enum VanishedMaps implements Named {
  /** They are counted, and not averaged in. */
  EXCLUDE("they are counted, not averaged in", OptionalDouble.empty()),
  /** Their similarity counts as 1, as in the paper's table, by its own means and deviations. */
  AS_ONE("their SIM counts as 1", OptionalDouble.of(1)),
  /** Their similarity counts as 0. */
  AS_ZERO("their SIM counts as 0", OptionalDouble.of(0));

  private final String description;
  private final OptionalDouble similarity;

  VanishedMaps(String description, OptionalDouble similarity) {
    this.description = description;
    this.similarity = similarity;
  }

  /**
   * Returns what stands for a value that a vanished map does not have, compared with one that has
   * values.
   *
   * @param measure the measure
   * @return the value; nothing if there is to be none
   */
  public OptionalDouble value(Measure measure) {
    return measure == StandardMeasure.SIM ? similarity : OptionalDouble.empty();
  }

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String description() {
    return description;
  }
}
