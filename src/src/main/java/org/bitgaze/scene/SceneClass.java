package org.bitgaze.scene;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a scene shows: the shape and the surface of its salient object decide the class. */
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

  /**
   * Returns the class's index.
   *
   * @return 0 to 11
   */
  public int index() {
    return index;
  }

  SceneShape shape() {
    return shape;
  }

  SceneSurface surface() {
    return surface;
  }

  /**
   * Returns the class's name.
   *
   * @return such as {@code star-dots}
   */
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
