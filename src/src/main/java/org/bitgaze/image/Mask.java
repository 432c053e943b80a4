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
  private static final int THRESHOLD = 128;

  /**
   * Takes the pixels of at least one half.
   *
   * @param image whose red channel counts: white on the object, black off it
   * @return the mask, of the image's size
   */
  public static Mask of(RgbImage image) {
    BitSet bits = new BitSet();
    for (int i = 0; i < image.height() * image.width(); i++) {
      bits.set(i, (image.pixels()[3 * i] & 0xff) >= THRESHOLD);
    }
    // A copy is no larger than it must be; what grew bit by bit is up to twice that.
    return new Mask(image.height(), image.width(), (BitSet) bits.clone());
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
