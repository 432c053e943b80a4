package org.bitgaze.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LogarithmTest {
  @Test
  void isThatOfFdlibm() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      // Normal numbers of all sizes, those whose logarithms cancel, and those that shares are.
      check(Math.scalb(1 + random.nextDouble(), random.nextInt(2046) - 1022));
      check(0.5 + 1.5 * random.nextDouble());
      check(random.nextDouble() / 50_176 + 2.2204e-16);
    }
    for (double x : new double[] {Double.MIN_NORMAL, Double.MAX_VALUE, 1, 2.2204e-16, Math.E}) {
      check(x);
      check(Math.nextUp(Math.min(x, 1e300)));
      check(Math.nextDown(Math.max(x, 1e-300)));
    }
  }

  private static void check(double x) {
    double exact = StrictMath.log(x);
    assertEquals(exact, Logarithm.of(x), 3e-16 + 3e-16 * Math.abs(exact), () -> "ln " + x);
  }
}
