package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyShareTest {
  private static final List<String> KEYS =
      IntStream.range(0, 10_000).mapToObj(i -> "folder/" + i + ".jpg").toList();

  @Test
  void aShareAndTheRestAreAll() {
    KeyShare held = new KeyShare(0, 0.3);
    KeyShare rest = new KeyShare(0.3, 1);
    long taken = 0;
    for (String key : KEYS) {
      assertNotEquals(held.accepts(key), rest.accepts(key));
      assertTrue(KeyShare.ALL.accepts(key));
      taken += held.accepts(key) ? 1 : 0;
    }
    // Five standard deviations of a binomial distribution.
    assertEquals(3000, taken, 5 * Math.sqrt(10_000 * 0.3 * 0.7));
  }

  /** A limit takes the smallest hashes; a share of those must be a share, and not all or none. */
  @Test
  void limitsAndSharesHaveNothingInCommon() {
    KeyLimit.Finder finder = new KeyLimit.Finder(1000);
    KEYS.forEach(finder::add);
    KeyLimit limit = finder.limit();
    KeyShare half = new KeyShare(0, 0.5);
    long both = KEYS.stream().filter(k -> limit.accepts(k) && half.accepts(k)).count();
    assertEquals(500, both, 5 * Math.sqrt(1000 * 0.25));
  }

  @Test
  void noShareIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new KeyShare(0.5, 0.5));
    assertThrows(IllegalArgumentException.class, () -> new KeyShare(0, 1.1));
    assertThrows(IllegalArgumentException.class, () -> new KeyShare(Double.NaN, 1));
  }
}
