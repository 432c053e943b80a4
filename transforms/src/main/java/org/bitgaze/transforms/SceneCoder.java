package org.bitgaze.transforms;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DelegateCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.bitgaze.scene.Scene;

/** Encodes scenes as their keys, which are all that a scene is made of. */
public final class SceneCoder {
  private SceneCoder() {}

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static Coder<Scene> of() {
    return DelegateCoder.of(StringUtf8Coder.of(), Scene::key, Scene::of);
  }
}
