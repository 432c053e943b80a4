package org.bitgaze.choice;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** Finds what a user may have meant by a name that is unknown. */
public final class Suggestion {
  /**
   * From this likeness on a name is worth a question: slips of one or two letters lie above 0.89,
   * other words below 0.76.
   */
  private static final double NEAR = 0.85;

  private static final JaroWinklerSimilarity LIKENESS = new JaroWinklerSimilarity();

  private Suggestion() {}

  /**
   * Finds the nearest name by Jaro and Winkler's likeness, which forgives swapped letters and
   * counts the beginning of a word most. Upper and lower case are the same.
   *
   * @param wrong what was written
   * @param known the names there are
   * @return the nearest, if it is near enough
   */
  public static Optional<String> nearest(String wrong, Collection<String> known) {
    return known.stream()
        .max(Comparator.comparingDouble(name -> likeness(wrong, name)))
        .filter(name -> likeness(wrong, name) >= NEAR);
  }

  /**
   * Asks for the nearest name.
   *
   * @param wrong what was written
   * @param known the names there are
   * @return such as {@code "; did you mean resnet50?"}, to be put behind an error; empty if none is
   *     near
   */
  public static String question(String wrong, Collection<String> known) {
    return nearest(wrong, known).map(name -> "; did you mean " + name + "?").orElse("");
  }

  /**
   * Asks for the nearest name, and lists them all.
   *
   * @param wrong what was written
   * @param known the names there are
   * @return such as {@code "; did you mean resnet50? known: vgg16, resnet50"}, to be put behind an
   *     error
   */
  public static String listing(String wrong, Collection<String> known) {
    String question = question(wrong, known);
    return (question.isEmpty() ? "; " : question + " ") + "known: " + String.join(", ", known);
  }

  private static double likeness(String a, String b) {
    return LIKENESS.apply(a.toLowerCase(Locale.ROOT), b.toLowerCase(Locale.ROOT));
  }
}
