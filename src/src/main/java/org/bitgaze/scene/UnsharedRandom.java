package org.bitgaze.scene;

import java.util.Random;

/**
 * The numbers of {@link Random}, for one thread: its documented generator without an atomic seed,
 * which takes most of the time of drawing noise.
 */
final class UnsharedRandom extends Random {
  private static final long serialVersionUID = 1L;

  private static final long MULTIPLIER = 0x5DEECE66DL;
  private static final long MASK = (1L << 48) - 1;

  private long state;

  UnsharedRandom(long seed) {
    super(seed);
  }

  // Random's constructor calls this, so that the field must not have an initial value.
  @Override
  public void setSeed(long seed) {
    super.setSeed(seed);
    state = (seed ^ MULTIPLIER) & MASK;
  }

  @Override
  protected int next(int bits) {
    state = (state * MULTIPLIER + 0xBL) & MASK;
    return (int) (state >>> (48 - bits));
  }
}
