package org.bitgaze.torch;

import org.bitgaze.quant.Precision;

/**
 * Decides the random numbers of one image.
 *
 * @param key the image's path below the root
 * @param variant name of the precision, such as {@code f32b}: each draws its own numbers
 */
public record RandomKey(String key, String variant) {

  /**
   * Makes a precision's key.
   *
   * @param key the image's path below the root
   * @param precision its name is the variant
   * @return the random key
   */
  public static RandomKey of(String key, Precision precision) {
    return new RandomKey(key, precision.toString());
  }
}
