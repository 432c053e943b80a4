package org.bitgaze.image;

import java.util.BitSet;

/**
 * The pixels of an object.
 *
 * @param height in pixels
 * @param width in pixels
 * @param bits set for the object's pixels, row by row from the top
 */
public record Mask(int height, int width, BitSet bits) {
  /** A pixel belongs to the object if at least half of it does. */
  private static final int THRESHOLD = 128;

  /**
   * Creates a mask from an image by a threshold of one half.
   *
   * @param image its red channel is used: white on the object, black elsewhere
   * @return the mask, of the image's size
   */
  public static Mask of(RgbImage image) {
    BitSet bits = new BitSet();
    for (int i = 0; i < image.height() * image.width(); i++) {
      bits.set(i, (image.pixels()[3 * i] & 0xff) >= THRESHOLD);
    }
    // The copy is as small as possible; a set that grew bit by bit is up to twice as large.
    return new Mask(image.height(), image.width(), (BitSet) bits.clone());
  }

  /** {@return the mask as a map: 1 on the object, 0 elsewhere} */
  public Heatmap heatmap() {
    float[] values = new float[height * width];
    bits.stream().forEach(i -> values[i] = 1);
    return new Heatmap(height, width, values);
  }
}
