package org.bitgaze.weights;

import java.nio.charset.StandardCharsets;

/**
 * Random numbers that depend on a name and a position alone, so that any worker draws the same
 * ones: SplitMix64 (Steele et al. 2014) at a state that is the name's FNV-1a hash.
 *
 * @param state the FNV-1a hash (64 bits) of the name in UTF-8
 */
public record HashNumbers(long state) {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long STEP = 0x9e3779b97f4a7c15L;

  /**
   * Makes the numbers of a name.
   *
   * @param name any text
   * @return its numbers
   */
  public static HashNumbers of(String name) {
    long hash = FNV_OFFSET;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return new HashNumbers(hash);
  }

  /**
   * Returns a number with 24 random bits, which float32 holds exactly.
   *
   * @param index position, from 0
   * @return from 0 to 2^24 - 1
   */
  public long bits(long index) {
    long z = state + (index + 1) * STEP;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return (z ^ (z >>> 31)) >>> 40;
  }

  /**
   * Returns a number that is uniform between -1 and 1.
   *
   * @param index position, from 0
   * @return in [-1, 1), a multiple of 2^-23
   */
  public double symmetric(long index) {
    return bits(index) * 0x1p-23 - 1;
  }
}
