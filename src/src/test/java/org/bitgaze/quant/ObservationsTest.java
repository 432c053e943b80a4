package org.bitgaze.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObservationsTest {

  /** Whatever the order and the grouping, to the last bit. */
  @Test
  void orderAndGroupsDoNotMatter() {
    Random random = new Random(9);
    List<Map<String, Range>> images = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      double scale = Math.pow(10, random.nextInt(12) - 6);
      images.add(
          Map.of(
              "a", new Range(-random.nextDouble() * scale, random.nextFloat() * scale),
              "b", new Range(random.nextFloat(), 1 + random.nextFloat())));
    }
    Observations all = new Observations();
    assertTrue(all.isEmpty());
    images.forEach(all::add);
    for (int round = 0; round < 20; round++) {
      Collections.shuffle(images, random);
      int cut = random.nextInt(images.size());
      Observations left = new Observations();
      Observations right = new Observations();
      images.subList(0, cut).forEach(left::add);
      images.subList(cut, images.size()).forEach(right::add);
      right.add(left);
      for (RangeMode mode : List.of(RangeMode.MINMAX, RangeMode.AVERAGED)) {
        assertEquals(all.ranges(mode), right.ranges(mode));
      }
    }
  }

  @Test
  void rangesByHand() {
    Observations seen = new Observations();
    seen.add(Map.of("x", new Range(-1, 2)));
    seen.add(Map.of("x", new Range(-2, 5)));
    assertEquals(new Range(-2, 5), seen.ranges(RangeMode.MINMAX).get("net", "x"));
    assertEquals(new Range(-1.5, 3.5), seen.ranges(RangeMode.AVERAGED).get("net", "x"));
    assertThrows(IllegalArgumentException.class, () -> seen.ranges(RangeMode.DYNAMIC));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> seen.ranges(RangeMode.MINMAX).get("net", "y"));
    assertEquals("net: no range was calibrated for 'y'", e.getMessage());
  }
}
