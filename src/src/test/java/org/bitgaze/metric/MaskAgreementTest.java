package org.bitgaze.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Mask;
import org.junit.jupiter.api.Test;

class MaskAgreementTest {
  private static final int GRID = MapDistribution.GRID;

  /** A map on the grid itself, zero except in a rectangle of columns, where it has a value. */
  private static Heatmap columns(int from, int to, float value) {
    float[] values = new float[GRID * GRID];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % GRID >= from && i % GRID < to ? value : 0;
    }
    return new Heatmap(GRID, GRID, values);
  }

  @Test
  void countsWhatIsInside() {
    Mask mask = Mask.of(columns(0, 56, 1));
    float[] map = columns(28, 112, 1).values();
    map[30] = 2;
    MaskAgreement agreement =
        MaskAgreement.of(MapDistribution.of(new Heatmap(GRID, GRID, map)), mask);
    assertTrue(agreement.pointing());
    // 28 of 84 columns are inside, and one pixel counts twice.
    double sum = 84.0 * GRID + 1;
    assertEquals((28.0 * GRID + 1) / sum, agreement.energy(), 1e-9);
  }

  @Test
  void thePeakDecides() {
    Mask mask = Mask.of(columns(0, 56, 1));
    float[] map = columns(0, 56, 1).values();
    map[GRID - 1] = 2;
    MaskAgreement agreement =
        MaskAgreement.of(MapDistribution.of(new Heatmap(GRID, GRID, map)), mask);
    assertFalse(agreement.pointing());
    assertTrue(agreement.energy() > 0.99);
  }

  @Test
  void halfAPixelIsTheObjects() {
    MapDistribution map = MapDistribution.of(columns(0, 56, 1));
    assertEquals(1, MaskAgreement.of(map, Mask.of(columns(0, 56, 0.5f))).energy(), 1e-9);
    assertNull(MaskAgreement.of(map, Mask.of(columns(0, 56, 0.49f))));
    assertNull(MaskAgreement.of(MapDistribution.missing("gone"), Mask.of(columns(0, 56, 1))));
    Mask small = Mask.of(new Heatmap(1, 1, new float[] {1}));
    assertThrows(IllegalArgumentException.class, () -> MaskAgreement.of(map, small));
    assertArrayEquals(columns(3, 5, 1).values(), Mask.of(columns(3, 5, 1)).heatmap().values());
  }
}
