package org.bitgaze.measure;

import java.util.Locale;

/** What a network's map, or its answer, is compared with. */
public enum Reference {
  /** A visual saliency map. */
  SALIENCY,
  /** The exact mask of the object that the image shows. */
  MASK,
  /** The same network at full precision. */
  F32,
  /** The image's label. */
  LABEL;

  /**
   * Returns the name in tables.
   *
   * @return such as {@code saliency}
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds a reference by name.
   *
   * @param id such as {@code saliency}
   * @return the reference
   * @throws IllegalArgumentException if there is none
   */
  public static Reference of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }
}
