package org.bitgaze.scene;

import java.util.Locale;

/**
 * What objects of scenes are to networks that segment or detect them: the shape of the salient
 * object, or {@link #CLUTTER}. In class maps 0 is the ground, and a category is its index + 1.
 */
public enum SceneCategory {
  /** A disc. */
  DISC,
  /** A triangle. */
  TRIANGLE,
  /** A cross. */
  CROSS,
  /** A star. */
  STAR,
  /** A small object of one colour: the salient object's distractor. */
  CLUTTER;

  /** {@return the category of an object} */
  static SceneCategory of(SceneObject object) {
    return object.label().map(l -> valueOf(l.shape().name())).orElse(CLUTTER);
  }

  /** {@return the name, such as {@code star}} */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
