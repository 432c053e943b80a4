package org.bitgaze.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import org.bitgaze.image.Heatmap;
import org.bitgaze.testing.Shared;
import org.bitgaze.weights.Safetensors;
import org.junit.jupiter.api.Test;

class MapComparisonTest {

  @Test
  void agreesWithTheReference() throws IOException {
    JsonNode expected = new ObjectMapper().readTree(Shared.file("golden/metrics.json").toFile());
    try (Safetensors golden =
        new Safetensors(Shared.file("golden/mobilenet_v2.pretrained.safetensors"))) {
      for (JsonNode e : expected) {
        int image = e.get("image").asInt();
        MapComparison found =
            MapComparison.of(
                map(golden, e.get("map").asText(), image),
                map(golden, e.get("reference").asText(), image));
        assertEquals(e.get("SIM").asDouble(), found.sim(), 1e-6);
        assertEquals(e.get("CC").asDouble(), found.cc(), 1e-6);
        assertEquals(e.get("KLD").asDouble(), found.kld(), 1e-6);
      }
    }
  }

  private static Heatmap map(Safetensors golden, String precision, int image) throws IOException {
    float[] all = golden.read(precision + ".cam").data();
    return new Heatmap(7, 7, Arrays.copyOfRange(all, image * 49, (image + 1) * 49));
  }

  /** A map that is 1 on the left half and {@code right} on the right, at full resolution. */
  private static Heatmap halves(float left, float right) {
    float[] values = new float[224 * 224];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 224 < 112 ? left : right;
    }
    return new Heatmap(224, 224, values);
  }

  @Test
  void valuesByHand() {
    // P = (1/4, 3/4), Q = (3/4, 1/4) over the halves.
    MapComparison c = MapComparison.of(halves(1, 3), halves(30, 10));
    assertEquals(0.5, c.sim(), 1e-9);
    assertEquals(-1, c.cc(), 1e-9);
    assertEquals(0.75 * Math.log(3) + 0.25 * Math.log(1.0 / 3), c.kld(), 1e-9);
  }

  @Test
  void equalMapsAreEqual() {
    MapComparison c = MapComparison.of(halves(1, 3), halves(2, 6));
    assertEquals(1, c.sim(), 1e-12);
    assertEquals(1, c.cc(), 1e-12);
    assertEquals(0, c.kld(), 1e-9);
  }

  @Test
  void degenerateMapsHaveNoValues() {
    MapComparison c = MapComparison.of(halves(0, 0), halves(1, 2));
    assertEquals("map: it is all zero", c.degenerate());
    assertTrue(Double.isNaN(c.cc()));
    assertEquals(
        "reference: it is constant", MapComparison.of(halves(1, 2), halves(5, 5)).degenerate());
    assertEquals(
        "map: it is not finite", MapComparison.of(halves(Float.NaN, 2), halves(5, 6)).degenerate());
  }
}
