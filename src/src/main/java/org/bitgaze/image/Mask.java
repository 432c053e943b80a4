package org.bitgaze.image;

import java.util.BitSet;

/**
 * Which pixels are an object's.
 *
 * @param height in pixels
 * @param width in pixels
 * @param bits set where a pixel is the object's, row by row from the top
 */
public record Mask(int height, int width, BitSet bits) {
  /** A pixel is the object's if at least half of it is. */
  private static final float THRESHOLD = 0.5f;

  /**
   * Takes the pixels of at least one half.
   *
   * @param map share of each pixel that is the object's, 0 to 1
   * @return the mask, of the map's size
   */
  public static Mask of(Heatmap map) {
    BitSet bits = new BitSet();
    for (int i = 0; i < map.values().length; i++) {
      bits.set(i, map.values()[i] >= THRESHOLD);
    }
    return new Mask(map.height(), map.width(), bits);
  }

  /**
   * Returns the mask as a map.
   *
   * @return 1 on the object, 0 off it
   */
  public Heatmap heatmap() {
    float[] values = new float[height * width];
    bits.stream().forEach(i -> values[i] = 1);
    return new Heatmap(height, width, values);
  }
}
