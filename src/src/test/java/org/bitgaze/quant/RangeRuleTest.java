package org.bitgaze.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitgaze.quant.Precision.IntegerRange;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangeRuleTest {
  private static final IntegerRange INT8 = Precision.of("int8").activations();

  /** Ranges that an independent implementation found in the same histograms, to the last bit. */
  @ParameterizedTest
  @ValueSource(strings = {"squeezenet1_1", "mobilenet_v2"})
  void rangesOfStoredHistograms(String network) throws IOException {
    JsonNode json =
        Golden.json(Files.readAllBytes(Shared.file("calibration/" + network + ".json")));
    ByteBuffer counts =
        RawTensors.of(Shared.file("calibration/" + network + ".safetensors")).bytes("histogram");
    int compared = 0;
    for (Iterator<Map.Entry<String, JsonNode>> i = json.get("span").fields(); i.hasNext(); ) {
      Map.Entry<String, JsonNode> span = i.next();
      long[] bins = new long[Histogram.BINS + 1];
      for (int k = 0; k < Histogram.BINS; k++) {
        bins[k] = counts.getInt();
      }
      bins[Histogram.BINS] = json.get("zeros").get(span.getKey()).asLong();
      Histogram histogram =
          new Histogram(
              new Range(span.getValue().get(0).asDouble(), span.getValue().get(1).asDouble()));
      histogram.add(bins);
      for (String text : List.of("percentile:99.99", "percentile:99.9", "mse", "entropy")) {
        RangeRule rule = RangeRule.parse(text);
        for (String bits : List.of("int8", "int4")) {
          String name = text + (rule.mode().isPerBits() ? "." + bits : "");
          JsonNode expected = json.get("ranges").get(name).get(span.getKey());
          assertEquals(
              new Range(expected.get(0).asDouble(), expected.get(1).asDouble()),
              rule.range(histogram, Precision.of(bits).activations()),
              () -> name + " of " + span.getKey());
          compared++;
        }
      }
    }
    assertFalse(counts.hasRemaining());
    assertEquals(8 * json.get("span").size(), compared);
  }

  @Test
  void percentileByHand() {
    // Bins of width 1 from -1024 to 1024.
    long[] bins = new long[Histogram.BINS + 1];
    bins[0] = 3;
    bins[1] = 1;
    bins[1025] = 90;
    bins[2047] = 2;
    bins[Histogram.BINS] = 4;
    Histogram both = histogram(-1024, 1024, bins);
    // 100 values: 3 may be cut at each end.
    assertEquals(new Range(-1023, 2), rule("percentile:94").range(both, INT8));
    // 2 at each end: the upper 2 go, the lower 3 stay.
    assertEquals(new Range(-1024, 2), rule("percentile:96").range(both, INT8));
    assertEquals(new Range(-1024, 1024), rule("percentile:100").range(both, INT8));
    // One end only: it loses the whole share.
    bins = new long[Histogram.BINS + 1];
    bins[0] = 96;
    bins[2047] = 4;
    assertEquals(new Range(0, 1), rule("percentile:96").range(histogram(0, 2048, bins), INT8));
    assertEquals(new Range(0, 2048), rule("percentile:96.5").range(histogram(0, 2048, bins), INT8));
  }

  @Test
  void nothingButZeros() {
    long[] bins = new long[Histogram.BINS + 1];
    bins[Histogram.BINS] = 7;
    for (String text : List.of("percentile:99.9", "mse", "entropy")) {
      assertEquals(new Range(0, 0), rule(text).range(histogram(0, 0, bins), INT8), text);
    }
    assertEquals(new Range(-1, 3), rule("mse").range(histogram(-1, 3, bins), INT8));
    assertEquals(new Range(-1, 3), rule("entropy").range(histogram(-1, 3, bins), INT8));
  }

  @Test
  void sumsDoNotDependOnTheOrder() {
    Random random = new Random(3);
    Histogram left = new Histogram(new Range(-0.5, 2));
    Histogram right = new Histogram(new Range(-0.5, 2));
    Histogram all = new Histogram(new Range(-0.5, 2));
    for (int i = 0; i < 6; i++) {
      long[] bins = random.longs(Histogram.BINS + 1, 0, 1000).toArray();
      (i % 2 == 0 ? left : right).add(bins);
      all.add(bins);
    }
    right.add(left);
    for (int k = 0; k < Histogram.BINS; k++) {
      assertEquals(all.count(k), right.count(k));
    }
    assertEquals(all.zeros(), right.zeros());
    Histogram other = new Histogram(new Range(-0.5, 3));
    assertThrows(IllegalArgumentException.class, () -> other.add(left));
    assertThrows(IllegalArgumentException.class, () -> other.add(new long[Histogram.BINS]));
  }

  @ParameterizedTest
  @CsvSource({
    "minmax, minmax",
    "dynamic, dynamic",
    "percentile, percentile:99.99",
    "percentile:99.90, percentile:99.9",
    "percentile:100, percentile:100",
    "mse, mse",
    "entropy, entropy"
  })
  void names(String text, String id) {
    assertEquals(id, rule(text).id());
    assertEquals(rule(text), rule(id));
  }

  @ParameterizedTest
  @CsvSource({
    "percentile:0.9999, the percentage must be 50 to 100",
    "percentile:101, the percentage must be 50 to 100",
    "percentile:NaN, the percentage must be 50 to 100",
    "percentile:x, must be a number from 50 to 100",
    "percentile:, must be a number from 50 to 100",
    "mse:8, mse ranges have no parameter",
    "minmx, did you mean minmax?"
  })
  void refused(String text, String why) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> RangeRule.parse(text));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void rangesPerBitsEndAtEight() {
    ActivationScheme scheme = ActivationScheme.DEPLOYMENT;
    rule("mse").check(Configuration.of("int8"), scheme);
    rule("percentile").check(Configuration.of("int16"), scheme);
    // Reduced to 8 bits.
    rule("mse").check(Configuration.of("int9"), ActivationScheme.PAPER);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> rule("entropy").check(Configuration.of("int16"), scheme));
    assertEquals(
        "entropy ranges are defined for at most 8 bits, but int16 has activations of 16 bits; use"
            + " minmax or percentile ranges",
        e.getMessage());
    Ranges ranges = new Ranges(Map.of(), Map.of(8, Map.of("x", new Range(0, 1))));
    assertEquals(new Range(0, 1), ranges.get("net", "x", INT8));
    e =
        assertThrows(
            IllegalArgumentException.class,
            () -> ranges.get("net", "x", Precision.of("int16").activations()));
    assertEquals("net: ranges were calibrated for activations of [8] bits, not 16", e.getMessage());
  }

  private static RangeRule rule(String text) {
    return RangeRule.parse(text);
  }

  private static Histogram histogram(double low, double high, long[] bins) {
    Histogram histogram = new Histogram(new Range(low, high));
    histogram.add(bins);
    return histogram;
  }
}
