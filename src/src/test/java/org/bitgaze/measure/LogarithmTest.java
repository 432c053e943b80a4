package org.bitgaze.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LogarithmTest {
  @Test
  void isThatOfFdlibm() {
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      // Normal numbers of all sizes, and those that pixels' shares are.
      double x =
          i % 2 == 0
              ? Math.scalb(1 + random.nextDouble(), random.nextInt(2046) - 1022)
              : random.nextDouble() / 50_176 + 2.2204e-16;
      check(x);
    }
    for (double x : new double[] {Double.MIN_NORMAL, Double.MAX_VALUE, 1, 2.2204e-16, Math.E}) {
      check(x);
      check(Math.nextUp(Math.min(x, 1e300)));
      check(Math.nextDown(Math.max(x, 1e-300)));
    }
  }

  private static void check(double x) {
    double exact = StrictMath.log(x);
    assertEquals(exact, Logarithm.of(x), 2e-16 + 3e-16 * Math.abs(exact), () -> "ln " + x);
  }
}
