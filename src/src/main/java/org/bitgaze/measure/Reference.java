package org.bitgaze.measure;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a network's map, or its answer, is compared with. Rows, tables, tests and charts derive
 * their references, and the order of them, from this list.
 */
public enum Reference {
  /** Saliency by what stands out of the image's spectrum. */
  SPECTRAL_RESIDUAL(true),
  /** Saliency by a network that predicts where people look. */
  FASTGAZE(true),
  /** Saliency by a network of one's own. */
  ONNX(true),
  /** Saliency maps that were made elsewhere. */
  MAPS(true),
  /** The picture's centre, whatever it shows: what saliency explains, it must explain better. */
  CENTRE(true),
  /** The exact mask of the object that the image shows. */
  MASK(false),
  /** The same network at full precision. */
  F32(false),
  /** The image's label. */
  LABEL(false);

  private final boolean saliency;

  Reference(boolean saliency) {
    this.saliency = saliency;
  }

  /**
   * Returns the name in tables.
   *
   * @return such as {@code spectral-residual}
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Tells whether this is a visual saliency map, of whatever method.
   *
   * @return whether it says where people look, or would
   */
  public boolean isSaliency() {
    return saliency;
  }

  /**
   * Tells whether this is the control that says nothing of the image.
   *
   * @return whether it is {@link #CENTRE}
   */
  public boolean isControl() {
    return this == CENTRE;
  }

  /**
   * Tells whether maps are compared, and not answers alone.
   *
   * @return whether there is a map to compare with
   */
  public boolean isMap() {
    return this != LABEL;
  }

  /**
   * Lists references.
   *
   * @param wanted which ones
   * @return those of them, in the list's order
   */
  public static Set<Reference> all(Predicate<Reference> wanted) {
    EnumSet<Reference> all = EnumSet.noneOf(Reference.class);
    Arrays.stream(values()).filter(wanted).forEach(all::add);
    return all;
  }

  /**
   * Finds a reference by name.
   *
   * @param id such as {@code spectral-residual}
   * @return the reference
   * @throws IllegalArgumentException if there is none
   */
  public static Reference of(String id) {
    return Arrays.stream(values())
        .filter(r -> r.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown reference '" + id + "'"));
  }
}
