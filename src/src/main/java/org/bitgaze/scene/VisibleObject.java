package org.bitgaze.scene;

import org.bitgaze.image.Mask;
import org.bitgaze.image.Rectangle;

/**
 * An object of a scene, as far as the picture shows it: without what other objects cover.
 *
 * @param category what it is
 * @param mask its pixels, those that it covers by at least half; at least one
 * @param box the smallest rectangle around them
 */
public record VisibleObject(SceneCategory category, Mask mask, Rectangle box) {

  /** {@return the object with these pixels} */
  static VisibleObject of(SceneCategory category, Mask mask) {
    int width = mask.width();
    int top = mask.bits().nextSetBit(0) / width;
    int bottom = (mask.bits().length() - 1) / width;
    int left = mask.bits().stream().map(i -> i % width).min().orElseThrow();
    int right = mask.bits().stream().map(i -> i % width).max().orElseThrow();
    return new VisibleObject(
        category, mask, new Rectangle(top, left, bottom - top + 1, right - left + 1));
  }
}
