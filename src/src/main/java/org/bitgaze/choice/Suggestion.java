package org.bitgaze.choice;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds what a user may have meant. */
final class Suggestion {
  private Suggestion() {}

  /** Names the nearest of some names, if it is near enough, and lists them all. */
  static String of(String wrong, List<String> known) {
    Optional<String> nearest =
        known.stream()
            .min(Comparator.comparingInt(name -> distance(wrong, name)))
            .filter(name -> distance(wrong, name) <= Math.max(1, wrong.length() / 3));
    return nearest.map(name -> "did you mean " + name + "? ").orElse("")
        + "known: "
        + String.join(", ", known);
  }

  /** Levenshtein's distance: insertions, deletions and substitutions from one to the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
