package org.bitgaze.scene;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A class of scenes: the shape and the surface of the salient object. */
public final class SceneClass {
  /** All classes, in the order of their indices. */
  public static final List<SceneClass> ALL = all();

  private final SceneShape shape;
  private final SceneSurface surface;
  private final int index;

  private SceneClass(SceneShape shape, SceneSurface surface, int index) {
    this.shape = shape;
    this.surface = surface;
    this.index = index;
  }

  /** {@return the index, 0 to 11} */
  public int index() {
    return index;
  }

  SceneShape shape() {
    return shape;
  }

  SceneSurface surface() {
    return surface;
  }

  /** {@return the name, such as {@code star-dots}} */
  @Override
  public String toString() {
    return (shape + "-" + surface).toLowerCase(Locale.ROOT);
  }

  private static List<SceneClass> all() {
    List<SceneClass> all = new ArrayList<>();
    for (SceneShape shape : SceneShape.values()) {
      for (SceneSurface surface : SceneSurface.values()) {
        all.add(new SceneClass(shape, surface, all.size()));
      }
    }
    return List.copyOf(all);
  }
}
