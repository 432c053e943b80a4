package org.bitgaze.image;

/** Rounds exact ratios of whole numbers. */
public final class HalfEven {
  private HalfEven() {}

  /**
   * Rounds a ratio to the nearest whole number, halves to the even one.
   *
   * @param numerator any number
   * @param denominator positive
   * @return the nearest whole number
   */
  public static int of(long numerator, long denominator) {
    long floor = Math.floorDiv(numerator, denominator);
    long twice = 2 * Math.floorMod(numerator, denominator);
    boolean up = twice > denominator || (twice == denominator && floor % 2 != 0);
    return Math.toIntExact(up ? floor + 1 : floor);
  }
}
