package org.bitgaze.transforms;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Finds the constants of an enum by the names that users write. */
final class ModeNames {
  private ModeNames() {}

  /**
   * Finds a constant.
   *
   * @param modes all constants; their {@code toString} is the name
   * @param what what they are, for the message
   * @param name the wanted one's name
   * @return the constant
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  static <E extends Enum<E>> E find(E[] modes, String what, String name) {
    return Arrays.stream(modes)
        .filter(m -> m.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown "
                        + what
                        + " '"
                        + name
                        + "'; known: "
                        + Arrays.stream(modes).map(E::toString).collect(Collectors.joining(", "))));
  }
}
