package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SignedRankTestTest {
  /** Counts all 2^n assignments of signs to the magnitudes' ranks. */
  private static double enumerated(double[] d) {
    int n = d.length;
    int[] rank = new int[n];
    int observed = 0;
    for (int i = 0; i < n; i++) {
      rank[i] = 1;
      for (double other : d) {
        rank[i] += Math.abs(other) < Math.abs(d[i]) ? 1 : 0;
      }
      observed += d[i] > 0 ? rank[i] : 0;
    }
    double middle = n * (n + 1) / 4.0;
    int extreme = 0;
    for (int signs = 0; signs < 1 << n; signs++) {
      int sum = 0;
      for (int i = 0; i < n; i++) {
        sum += (signs >> i & 1) == 1 ? rank[i] : 0;
      }
      extreme += Math.abs(sum - middle) >= Math.abs(observed - middle) ? 1 : 0;
    }
    return (double) extreme / (1 << n);
  }

  @Test
  void smallSamplesAreExact() {
    Random random = new Random(2);
    for (int n = 1; n <= 14; n++) {
      double[] d = random.doubles(n, -1, 1.3).toArray();
      assertEquals(enumerated(d), SignedRankTest.of(d).p(), 1e-12, "n = " + n);
    }
  }

  /** Conover's example as scipy.stats.wilcoxon documents it: statistic 24, p 0.041 (exact). */
  @Test
  void aKnownExample() {
    double[] d = {6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75};
    SignedRankTest test = SignedRankTest.of(d);
    assertEquals(0.041259765625, test.p(), 1e-12);
    assertEquals((96 - 24) / 120.0, test.effect(), 1e-12);
  }

  @Test
  void zerosAreLeftOutAndTiesShareRanks() {
    SignedRankTest test = SignedRankTest.of(new double[] {0, 0, 1, 1, -1, 2});
    assertEquals(4, test.n());
    // Ranks 2, 2, 2 and 4: W+ = 8 of 10. Of 16 signs, 8 have a sum of 2 or less, or of 8 or more.
    assertEquals(0.6, test.effect(), 1e-12);
    assertEquals(0.5, test.p(), 1e-12);
    // Answers that flip are 0 or 1: five of five in one direction are 2 of 32 signs.
    assertEquals(0.0625, SignedRankTest.of(new double[] {1, 1, 1, 1, 1}).p(), 1e-12);
    assertEquals(new SignedRankTest(0, 0, 1), SignedRankTest.of(new double[] {0, 0}));
  }

  @Test
  void largeSamplesAreNearlyNormal() {
    Random random = new Random(3);
    int rejected = 0;
    int runs = 2000;
    for (int i = 0; i < runs; i++) {
      double[] d = random.doubles(60, -1, 1).toArray();
      rejected += SignedRankTest.of(d).p() < 0.05 ? 1 : 0;
    }
    assertEquals(0.05, (double) rejected / runs, 0.02);
    double[] shifted = random.doubles(1000, 0, 1).toArray();
    SignedRankTest test = SignedRankTest.of(shifted);
    assertEquals(1, test.effect());
    assertTrue(test.p() > 0 && test.p() < 1e-160, "p = " + test.p());
  }

  @Test
  void holmStepsDown() {
    assertArrayEquals(
        new double[] {0.03, 0.06, 0.06, 0.02},
        Holm.correct(new double[] {0.01, 0.04, 0.03, 0.005}),
        1e-12);
    assertArrayEquals(new double[] {1, 1}, Holm.correct(new double[] {0.7, 0.9}));
    assertEquals(0, Holm.correct(new double[0]).length);
  }
}
