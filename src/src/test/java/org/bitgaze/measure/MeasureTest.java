package org.bitgaze.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalDouble;
import java.util.Random;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Mask;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasureTest {
  private static final int GRID = ScaledMap.GRID;

  /** scipy's, scikit-image's and scikit-learn's values of 107 comparisons. */
  @Test
  void agreesWithTheReference() throws IOException {
    JsonNode all = Golden.json(Files.readAllBytes(Shared.file("golden/metrics.json")));
    RawTensors maps = RawTensors.of(Shared.file("golden/metrics.safetensors"));
    RawTensors cams = RawTensors.of(Shared.file("golden/mobilenet_v2.pretrained.safetensors"));
    int values = 0;
    for (JsonNode e : all) {
      ScaledMap map = ScaledMap.of(map(maps, cams, e, "map"));
      ScaledMap reference =
          e.has("mask")
              ? ScaledMap.of(mask(maps, e.get("mask").asText()))
              : ScaledMap.of(map(maps, cams, e, "reference"));
      for (Measure measure : MeasureCatalog.all()) {
        boolean judged = measure.domain() == Measure.Domain.FAITHFULNESS;
        if (measure.isOfMaps() && !judged && measure.needsMask() == e.has("mask")) {
          OptionalDouble found = measure.compute(MeasureInput.of(map, reference));
          JsonNode expected = e.get(measure.id());
          boolean none = e.has("degenerate") || expected.isNull();
          assertEquals(none, found.isEmpty(), measure + " of " + e);
          if (!none) {
            double value =
                expected.isBoolean() ? (expected.asBoolean() ? 1 : 0) : expected.asDouble();
            assertEquals(value, found.getAsDouble(), 1e-9, measure + " of " + e);
            values++;
          }
        }
      }
    }
    assertEquals(107, all.size());
    assertEquals(515, values);
  }

  @Test
  void memoryThatIsUsedAgainChangesNothing() {
    GridMemory memory = new GridMemory();
    Random random = new Random(11);
    ScaledMap kept = ScaledMap.of(MapPart.whole(random(random)), memory);
    double[] first = kept.values().clone();
    for (int i = 0; i < 5; i++) {
      Heatmap map = random(random);
      ScaledMap fresh = ScaledMap.of(map);
      ScaledMap used = ScaledMap.of(MapPart.whole(map), memory);
      assertArrayEquals(fresh.values(), used.values());
      for (Measure measure : MeasureCatalog.defaults()) {
        assertEquals(
            measure.compute(MeasureInput.of(fresh, kept)),
            measure.compute(MeasureInput.of(used, kept)),
            measure.id());
      }
      used.release();
      used.release();
      assertThrows(
          NullPointerException.class,
          () -> StandardMeasure.CC.compute(MeasureInput.of(used, kept)));
      assertEquals(MapStatus.CONSTANT, ScaledMap.of(MapPart.whole(constant()), memory).status());
    }
    assertArrayEquals(first, kept.values());
    kept.release();
    double[] free = memory.take(GRID * GRID);
    memory.give(free);
    // All of the part that is seen lies within one cell's half: one value, whatever the others are.
    MapPart corner =
        new MapPart(new Heatmap(1, 2, new float[] {0, 1}), new Framing.Region(0, 0, 1 / 8.0, 1));
    assertEquals(MapStatus.CONSTANT, ScaledMap.of(corner, memory).status());
    assertSame(free, memory.take(GRID * GRID));
  }

  private static Heatmap random(Random random) {
    float[] cells = new float[49];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = random.nextFloat();
    }
    return new Heatmap(7, 7, cells);
  }

  private static Heatmap constant() {
    return new Heatmap(1, 2, new float[] {3, 3});
  }

  private static Heatmap map(RawTensors maps, RawTensors cams, JsonNode e, String side) {
    String name = e.get(side).asText();
    if (e.has("image")) {
      return new Heatmap(7, 7, Golden.part(cams.floats(name + ".cam"), e.get("image").asInt(), 4));
    }
    int[] shape = maps.shape(name);
    return new Heatmap(shape[0], shape[1], maps.floats(name));
  }

  private static Mask mask(RawTensors maps, String name) {
    BitSet bits = new BitSet();
    var bytes = maps.bytes("mask." + name);
    for (int i = 0; i < GRID * GRID; i++) {
      bits.set(i, bytes.get(i) != 0);
    }
    return new Mask(GRID, GRID, bits);
  }

  /** A map on the grid itself, made of what a function says of each pixel. */
  private interface Pixel {
    double at(int y, int x);
  }

  private static Heatmap grid(Pixel pixel) {
    float[] values = new float[GRID * GRID];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) pixel.at(i / GRID, i % GRID);
    }
    return new Heatmap(GRID, GRID, values);
  }

  private static Mask columns(int from, int to) {
    BitSet bits = new BitSet();
    for (int i = 0; i < GRID * GRID; i++) {
      bits.set(i, i % GRID >= from && i % GRID < to);
    }
    return new Mask(GRID, GRID, bits);
  }

  private static double of(Measure measure, Heatmap map, Heatmap reference) {
    return measure
        .compute(MeasureInput.of(ScaledMap.of(map), ScaledMap.of(reference)))
        .getAsDouble();
  }

  private static double of(Measure measure, Heatmap map, Mask mask) {
    return measure.compute(MeasureInput.of(ScaledMap.of(map), ScaledMap.of(mask))).getAsDouble();
  }

  /** Thirds of 0, 1/2 and 1 against 1, 1/2 and 0, whatever their units. */
  @Test
  void valuesByHand() {
    Heatmap rising = grid((y, x) -> x < 56 ? 3 : x < 168 ? 5 : 7);
    Heatmap falling = grid((y, x) -> x < 56 ? 2 : x < 168 ? 0 : -2);
    // Scaled: 0, 1/2, 1 over a quarter, a half, a quarter; the sum is half of the pixels.
    assertEquals(0.5, of(StandardMeasure.SIM, rising, falling), 1e-12);
    assertEquals(-1, of(StandardMeasure.CC, rising, falling), 1e-12);
    assertEquals(-1, of(StandardMeasure.RANK, rising, falling), 1e-12);
    double n = GRID * GRID;
    double eps = 2.2204e-16;
    // Q is 2/n where P is 0, 1/n where it is the same, 0 where P is 2/n.
    double kld = 0.25 * 2 * Math.log(2 / n / eps) + 0.5 * Math.log(1 + eps);
    assertEquals(kld, of(StandardMeasure.KLD, rising, falling), 1e-9);
    // The first 2509 pixels, row by row, of the last or the first 56 columns: disjoint.
    assertEquals(0, of(StandardMeasure.TOPK, rising, falling), 1e-12);
  }

  @Test
  void equalMapsAreEqual() {
    Random random = new Random(1);
    Heatmap map = grid((y, x) -> random.nextFloat());
    for (Measure m :
        new Measure[] {
          StandardMeasure.SIM,
          StandardMeasure.CC,
          StandardMeasure.SSIM,
          StandardMeasure.RANK,
          StandardMeasure.TOPK
        }) {
      assertEquals(1, of(m, map, map), 1e-12, m.id());
    }
    assertEquals(0, of(StandardMeasure.KLD, map, map), 1e-9);
  }

  /** Against their definitions, written out plainly, on maps as networks make them. */
  @ParameterizedTest
  @ValueSource(ints = {7, 13, 64, 300})
  void measuresFollowTheirDefinitions(int side) {
    Random random = new Random(side);
    for (int k = 0; k < 3; k++) {
      // Few values, some of them negative: there are ties.
      Heatmap a = random(random, side);
      Heatmap b = random(random, side);
      double[] m = plain(a);
      double[] r = plain(b);
      double sumM = Arrays.stream(m).sum();
      double sumR = Arrays.stream(r).sum();
      double sim = 0;
      double kld = 0;
      for (int i = 0; i < m.length; i++) {
        double p = m[i] / sumM;
        double q = r[i] / sumR;
        sim += Math.min(p, q);
        kld += q * Math.log(2.2204e-16 + q / (p + 2.2204e-16));
      }
      assertEquals(sim, of(StandardMeasure.SIM, a, b), 1e-10);
      assertEquals(kld, of(StandardMeasure.KLD, a, b), 1e-12);
      assertEquals(correlation(m, r), of(StandardMeasure.CC, a, b), 1e-10);
      assertEquals(correlation(ranks(m), ranks(r)), of(StandardMeasure.RANK, a, b), 1e-9);
      BitSet topM = top(m);
      BitSet topR = top(r);
      BitSet both = (BitSet) topM.clone();
      both.and(topR);
      topM.or(topR);
      assertEquals(
          (double) both.cardinality() / topM.cardinality(), of(StandardMeasure.TOPK, a, b), 1e-12);
    }
  }

  private static Heatmap random(Random random, int side) {
    float[] values = new float[side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(-1, random.nextInt(9) - 3);
    }
    return new Heatmap(side, side, values);
  }

  /** Resampled pixel by pixel, and scaled. */
  private static double[] plain(Heatmap map) {
    double[] grid = new double[GRID * GRID];
    int n = map.width();
    for (int i = 0; i < grid.length; i++) {
      double v = Math.max(0, (i / GRID + 0.5) * n / GRID - 0.5);
      double u = Math.max(0, (i % GRID + 0.5) * n / GRID - 0.5);
      int y = Math.min((int) v, n - 1);
      int x = Math.min((int) u, n - 1);
      int below = Math.min(y + 1, n - 1);
      int right = Math.min(x + 1, n - 1);
      float[] c = map.values();
      double up = c[y * n + x] + (u - x) * (c[y * n + right] - c[y * n + x]);
      double low = c[below * n + x] + (u - x) * (c[below * n + right] - c[below * n + x]);
      grid[i] = up + (v - y) * (low - up);
    }
    double min = Arrays.stream(grid).min().orElseThrow();
    double max = Arrays.stream(grid).max().orElseThrow();
    return Arrays.stream(grid).map(g -> (g - min) / (max - min)).toArray();
  }

  private static double correlation(double[] a, double[] b) {
    double ma = Arrays.stream(a).average().orElseThrow();
    double mb = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - ma) * (b[i] - mb);
      aa += (a[i] - ma) * (a[i] - ma);
      bb += (b[i] - mb) * (b[i] - mb);
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static Integer[] order(double[] values) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (i, j) -> Double.compare(values[i], values[j]));
    return order;
  }

  private static double[] ranks(double[] values) {
    Integer[] order = order(values);
    double[] ranks = new double[values.length];
    for (int i = 0; i < order.length; ) {
      int end = i;
      while (end < order.length && values[order[end]] == values[order[i]]) {
        end++;
      }
      for (int k = i; k < end; k++) {
        ranks[order[k]] = (i + 1 + end) / 2.0;
      }
      i = end;
    }
    return ranks;
  }

  private static BitSet top(double[] values) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    // A stable sort: of equal values the lower index comes first.
    Arrays.sort(order, (i, j) -> Double.compare(values[j], values[i]));
    BitSet top = new BitSet();
    for (int i = 0; i < 2509; i++) {
      top.set(order[i]);
    }
    return top;
  }

  /** Shares sum to 1 but for their last digits; similarity stays in its range. */
  @Test
  void nothingInCommonIsZero() {
    for (int object : new int[] {1426, 2701, 6811, 12_345}) {
      float[] a = new float[GRID * GRID];
      float[] b = new float[GRID * GRID];
      Arrays.fill(a, 0, object, 1);
      Arrays.fill(b, object + 1, 2 * object + object / 3, 1);
      double sim = of(StandardMeasure.SIM, new Heatmap(GRID, GRID, a), new Heatmap(GRID, GRID, b));
      assertTrue(sim >= 0 && sim < 1e-12, "" + sim);
    }
  }

  /** Against the definition, window by window. */
  @Test
  void structuralSimilarityFollowsItsDefinition() {
    Random random = new Random(2);
    Heatmap a = grid((y, x) -> Math.sin(x / 9.0) + 0.3 * random.nextGaussian());
    Heatmap b = grid((y, x) -> Math.sin(x / 9.0 + y / 50.0) + 0.3 * random.nextGaussian());
    double[] p = ScaledMap.of(a).values();
    double[] q = ScaledMap.of(b).values();
    double total = 0;
    for (int y = 5; y < GRID - 5; y++) {
      for (int x = 5; x < GRID - 5; x++) {
        double[] s = new double[6];
        for (int i = -5; i <= 5; i++) {
          for (int j = -5; j <= 5; j++) {
            double w = Math.exp(-(i * i + j * j) / 4.5);
            double u = p[(y + i) * GRID + x + j];
            double v = q[(y + i) * GRID + x + j];
            double[] terms = {w, w * u, w * v, w * u * u, w * v * v, w * u * v};
            for (int k = 0; k < s.length; k++) {
              s[k] += terms[k];
            }
          }
        }
        double mu = s[1] / s[0];
        double mv = s[2] / s[0];
        double vu = s[3] / s[0] - mu * mu;
        double vv = s[4] / s[0] - mv * mv;
        double cov = s[5] / s[0] - mu * mv;
        total +=
            (2 * mu * mv + 1e-4)
                * (2 * cov + 9e-4)
                / ((mu * mu + mv * mv + 1e-4) * (vu + vv + 9e-4));
      }
    }
    assertEquals(total / (214 * 214), of(StandardMeasure.SSIM, a, b), 1e-10);
  }

  /** Against counting pairs. */
  @Test
  void rankMeasuresFollowTheirDefinitions() {
    Random random = new Random(3);
    Heatmap map = new Heatmap(224, 224, grid((y, x) -> random.nextInt(40)).values());
    Mask mask = columns(30, 31);
    double[] m = ScaledMap.of(map).values();
    double wins = 0;
    double pairs = 0;
    for (int i = 0; i < m.length; i++) {
      for (int j = 30; j < m.length; j += GRID) {
        if (i % GRID != 30) {
          wins += m[j] > m[i] ? 1 : m[j] == m[i] ? 0.5 : 0;
          pairs++;
        }
      }
    }
    assertEquals(wins / pairs, of(StandardMeasure.AUC, map, mask), 1e-10);
    double mean = Arrays.stream(m).average().orElseThrow();
    double variance = Arrays.stream(m).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double inside = 0;
    for (int j = 30; j < m.length; j += GRID) {
      inside += m[j] / GRID;
    }
    assertEquals((inside - mean) / Math.sqrt(variance), of(StandardMeasure.NSS, map, mask), 1e-10);
    double sum = Arrays.stream(m).sum();
    assertEquals(inside * GRID / sum, of(StandardMeasure.ENERGY, map, mask), 1e-12);
  }

  /** A plateau stays a plateau: (1 - f) a + f b in float32 put noise on it. */
  @Test
  void plateausStayPlateaus() {
    float[] values = new float[14 * 14];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 14 < 7 ? 0.1f : 0.7f;
    }
    double[] grid = ScaledMap.of(new Heatmap(14, 14, values)).values();
    for (int i = 0; i < grid.length; i++) {
      if (i % GRID < 100) {
        assertEquals(0.0, grid[i]);
      } else if (i % GRID > 124) {
        assertEquals(1.0, grid[i]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 13})
  void constantMapsAreDegenerateAtTheirOwnResolution(int side) {
    Random random = new Random(side);
    for (int k = 0; k < 200; k++) {
      float[] values = new float[side * side];
      Arrays.fill(values, 1.5f + random.nextFloat() / 2);
      // Noise of the last bit, which is less than 1e-7 of these values.
      int noisy = random.nextInt(values.length);
      values[noisy] = Math.nextUp(values[noisy]);
      assertEquals(MapStatus.CONSTANT, ScaledMap.of(new Heatmap(side, side, values)).status());
    }
  }

  /** The largest cell's centre counts; on the grid its plateau begins at the image's corner. */
  @Test
  void pointingLooksAtTheCellsCentre() {
    float[] values = new float[49];
    values[48] = 1;
    Heatmap corner = new Heatmap(7, 7, values);
    assertEquals(1, of(StandardMeasure.POINTING, corner, columns(208, 209)));
    assertEquals(0, of(StandardMeasure.POINTING, corner, columns(220, 224)));
    // Of equal cells the first counts.
    values[3] = 1;
    assertEquals(1, of(StandardMeasure.POINTING, new Heatmap(7, 7, values), columns(112, 113)));
    assertEquals(0, of(StandardMeasure.POINTING, new Heatmap(7, 7, values), columns(208, 209)));
  }

  /** Only a map that is zero everywhere has vanished; one that is not finite is neither. */
  @Test
  void mapsThatVanishAreCounted() {
    ScaledMap some = ScaledMap.of(new Heatmap(2, 2, new float[] {0, 1, 2, 3}));
    float[][] maps = {{0, 0, 0, 0}, {1, 1, 1, 1}, {Float.NaN, 0, 0, 0}, {0, 0, 0, 1}};
    double[] expected = {1, Double.NaN, Double.NaN, 0};
    for (int i = 0; i < maps.length; i++) {
      MeasureInput subject = MeasureInput.of(ScaledMap.of(new Heatmap(2, 2, maps[i])), some);
      assertEquals(expected[i], StandardMeasure.VANISHED.compute(subject).orElse(Double.NaN));
    }
    MeasureInput clipped = MeasureInput.of(ScaledMap.without(MapStatus.CLIPPED), some);
    assertEquals(1, StandardMeasure.VANISHED.compute(clipped).orElseThrow());
    assertTrue(clipped.map().status().isVanished());
    assertTrue(StandardMeasure.SIM.compute(clipped).isEmpty());
  }

  @Test
  void degenerateMapsHaveNoValues() {
    ScaledMap good = ScaledMap.of(grid((y, x) -> x));
    ScaledMap zero = ScaledMap.of(grid((y, x) -> 0));
    ScaledMap constant = ScaledMap.of(grid((y, x) -> 5));
    ScaledMap wild = ScaledMap.of(grid((y, x) -> x == 3 ? Double.NaN : x));
    assertEquals(MapStatus.VANISHED, zero.status());
    assertEquals(MapStatus.CONSTANT, constant.status());
    assertEquals(MapStatus.NOT_FINITE, wild.status());
    ScaledMap missing = ScaledMap.without(MapStatus.MISSING);
    assertTrue(StandardMeasure.NSS.compute(MeasureInput.of(good, missing)).isEmpty());
    for (Measure measure : MeasureCatalog.all()) {
      if (measure.isOfMaps()) {
        assertTrue(measure.compute(MeasureInput.of(zero, good)).isEmpty());
        assertTrue(measure.compute(MeasureInput.of(good, missing)).isEmpty());
      }
    }
    ScaledMap empty = ScaledMap.of(columns(0, 0));
    ScaledMap whole = ScaledMap.of(columns(0, GRID));
    assertTrue(StandardMeasure.ENERGY.compute(MeasureInput.of(good, empty)).isEmpty());
    assertTrue(StandardMeasure.AUC.compute(MeasureInput.of(good, whole)).isEmpty());
    assertEquals(
        1, StandardMeasure.ENERGY.compute(MeasureInput.of(good, whole)).getAsDouble(), 1e-12);
  }

  /** What a network of larger images sees of a mask is the same part of the same object. */
  @Test
  void masksOfAnySizeLieOnTheGrid() {
    Mask small = columns(30, 71);
    BitSet bits = new BitSet();
    for (int i = 0; i < 4 * GRID * GRID; i++) {
      bits.set(i, small.bits().get(i / (2 * GRID) / 2 * GRID + i % (2 * GRID) / 2));
    }
    ScaledMap large = ScaledMap.of(new Mask(2 * GRID, 2 * GRID, bits));
    assertArrayEquals(ScaledMap.of(small).values(), large.values());
    assertEquals(small.bits(), large.mask().orElseThrow());
    assertEquals(ScaledMap.of(small).peak(), large.peak());
  }

  @Test
  void answersAreCounted() {
    ScaledMap none = ScaledMap.without(MapStatus.OK);
    assertEquals(1, StandardMeasure.FLIP.compute(new MeasureInput(none, none, 3, 4)).getAsDouble());
    assertEquals(0, StandardMeasure.FLIP.compute(new MeasureInput(none, none, 3, 3)).getAsDouble());
    assertEquals(1, StandardMeasure.TOP1.compute(new MeasureInput(none, none, 3, 3)).getAsDouble());
    assertTrue(
        StandardMeasure.TOP1
            .compute(new MeasureInput(none, none, 3, MeasureInput.NO_CLASS))
            .isEmpty());
  }

  @Test
  void measuresAreFoundByName() {
    assertEquals(StandardMeasure.TOPK, MeasureCatalog.of("topk"));
    assertThrows(IllegalArgumentException.class, () -> MeasureCatalog.of("SSIMM"));
    assertTrue(StandardMeasure.SIM.appliesTo(Reference.MASK));
    assertTrue(!StandardMeasure.NSS.appliesTo(Reference.F32));
    assertEquals("[SIM, CC, KLD, POINTING, ENERGY]", MeasureCatalog.defaults().toString());
  }
}
