package org.bitgaze.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class UnsharedRandomTest {
  @Test
  void itsNumbersAreThoseOfRandom() {
    for (long seed : new long[] {0, 1, -1, 42, Long.MIN_VALUE}) {
      Random expected = new Random(seed);
      Random found = new UnsharedRandom(seed);
      for (int i = 0; i < 200; i++) {
        assertEquals(expected.nextInt(), found.nextInt());
        assertEquals(expected.nextInt(7), found.nextInt(7));
        assertEquals(expected.nextFloat(), found.nextFloat());
        assertEquals(expected.nextDouble(), found.nextDouble());
        assertEquals(expected.nextGaussian(), found.nextGaussian());
        assertEquals(expected.nextBoolean(), found.nextBoolean());
      }
    }
  }
}
