package org.bitgaze.torch;

import org.bitgaze.quant.Precision;

/**
 * What decides the random numbers of one image.
 *
 * @param key the image's path below the root
 * @param variant name of the precision, such as {@code f32b}: each draws anew
 */
public record RandomKey(String key, String variant) {

  /**
   * Draws for a precision.
   *
   * @param key the image's path below the root
   * @param precision which draws by its name
   * @return the draw
   */
  public static RandomKey of(String key, Precision precision) {
    return new RandomKey(key, precision.toString());
  }
}
