package org.bitgaze.faithfulness;

import org.bitgaze.image.Normalization;
import org.bitgaze.image.RgbImage;

/**
 * What a network sees of an image: normalized samples.
 *
 * @param height in pixels
 * @param width in pixels
 * @param values red, then green, then blue, each row by row: 3 * height * width of them. The array
 *     is shared: do not change it
 */
public record NetworkInput(int height, int width, float[] values) {
  /** Number of channels. */
  static final int CHANNELS = 3;

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if there are not 3 * height * width values
   */
  public NetworkInput {
    if (values.length != CHANNELS * height * width) {
      throw new IllegalArgumentException(
          "an input of %d x %d pixels needs %d values, found %d"
              .formatted(width, height, CHANNELS * height * width, values.length));
    }
  }

  /**
   * Normalizes an image.
   *
   * @param crop what the network sees
   * @param normalization means and standard deviations of the channels
   * @return the input, as compiled programs make it
   */
  public static NetworkInput of(RgbImage crop, Normalization normalization) {
    return new NetworkInput(crop.height(), crop.width(), normalization.normalize(crop));
  }

  /** {@return the number of pixels} */
  public int pixels() {
    return height * width;
  }

  /**
   * {@return an input of the same size that is 0 everywhere, as DELETION defines its end. Where
   * images are normalized before the network, 0 is the mean of the training data; where the network
   * normalizes them itself, it is black, and not the mean color that occlusion fills in}
   */
  NetworkInput zeros() {
    return new NetworkInput(height, width, new float[values.length]);
  }
}
