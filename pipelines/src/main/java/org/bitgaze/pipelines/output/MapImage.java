package org.bitgaze.pipelines.output;

import org.bitgaze.image.Heatmap;

/**
 * A map to look at: scaled from its own minimum (0) to its own maximum (255), all zero if it is
 * constant.
 *
 * @param height in pixels
 * @param width in pixels
 * @param values row by row from the top, unsigned
 */
public record MapImage(int height, int width, byte[] values) {
  /** Height and width of maps in pages: the browser smooths them, and more would not be seen. */
  public static final int SIDE = 56;

  /** Of an answer that has nothing to explain: a map without any heat. */
  static final MapImage NONE = new MapImage(1, 1, new byte[1]);

  /**
   * Scales a map.
   *
   * @param map any finite map
   * @return an image of the map's own resolution
   */
  public static MapImage of(Heatmap map) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float v : map.values()) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    byte[] values = new byte[map.values().length];
    for (int i = 0; i < values.length && max > min; i++) {
      values[i] = (byte) Math.round(255 * (map.values()[i] - min) / (max - min));
    }
    return new MapImage(map.height(), map.width(), values);
  }

  /** {@return the map as numbers in [0, 1]} */
  public Heatmap heatmap() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (values[i] & 0xff) / 255f;
    }
    return new Heatmap(height, width, floats);
  }
}
