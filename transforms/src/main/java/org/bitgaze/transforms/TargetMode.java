package org.bitgaze.transforms;

import java.util.Locale;

/** Which class the maps explain. */
public enum TargetMode {
  /** Every precision explains the class that f32 finds most likely. */
  REFERENCE,
  /** Every precision explains the class that it finds most likely itself. */
  OWN,
  /** Every precision explains the image's label. */
  LABEL;

  /** Returns the name that {@link #of} parses. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds a mode by name.
   *
   * @param name such as {@code reference}
   * @return the mode
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static TargetMode of(String name) {
    return ModeNames.find(values(), "target", name);
  }
}
