package org.bitgaze.explain.task;

import java.util.SortedSet;
import java.util.TreeSet;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;

/**
 * The classes that an image shows.
 *
 * @param classes their indices; of a yes or no, 1 for yes, 0 or none for no
 */
public record Labels(SortedSet<Integer> classes) implements Truth {
  private static final long serialVersionUID = 1L;

  /** Copies the set. */
  public Labels {
    classes = new TreeSet<>(classes);
  }

  static Labels of(Truth truth, Objective objective) {
    if (truth instanceof Labels labels) {
      return labels;
    }
    throw new IllegalArgumentException(
        "labels of " + objective.id() + " are class indices, not " + truth.getClass());
  }
}
