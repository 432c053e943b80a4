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

  /** Insertions, deletions, substitutions and swaps of neighbours from one to the other. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int changed = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(changed, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
