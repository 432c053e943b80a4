package org.bitgaze.choice;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * One of several things that users choose by name. Help and errors derive from the list, so that it
 * stands once.
 */
public interface Named {

  /**
   * Returns the name that users write.
   *
   * @return such as {@code gradcam++}
   */
  String id();

  /**
   * Says what it is.
   *
   * @return a few words, without a full stop
   */
  String description();

  /**
   * Finds one by name.
   *
   * @param choices all there are
   * @param what what they are, for the message
   * @param id the wanted one's name
   * @param <T> their type
   * @return the one of that name
   * @throws IllegalArgumentException if there is none, naming the nearest and listing all
   */
  static <T extends Named> T find(T[] choices, String what, String id) {
    return Arrays.stream(choices)
        .filter(c -> c.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown "
                        + what
                        + " '"
                        + id
                        + "'"
                        + Suggestion.listing(id, Arrays.stream(choices).map(Named::id).toList())));
  }

  /**
   * Lists choices for help texts.
   *
   * @param choices all there are
   * @return each name with its description
   */
  static String describe(Named... choices) {
    return Arrays.stream(choices)
        .map(c -> c.id() + ", " + c.description())
        .collect(Collectors.joining("; "));
  }
}
