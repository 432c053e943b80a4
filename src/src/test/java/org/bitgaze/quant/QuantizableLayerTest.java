package org.bitgaze.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitgaze.network.FoldBatchNorm;
import org.bitgaze.network.Graph;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.sweep.Cost;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.Shared;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizableLayerTest {
  private static List<QuantizableLayer> layers(String network) {
    Graph graph = new FoldBatchNorm().rewrite(Architecture.of(network).graph(1000)).graph();
    return QuantizableLayer.of(graph, ActivationScheme.DEPLOYMENT, Size.of(224));
  }

  /** PointPlacement and layers without points, in order, against torch.fx. */
  @ParameterizedTest
  @ValueSource(strings = {"mobilenet_v2", "squeezenet1_1"})
  void areThoseOfTheReference(String network) throws IOException {
    JsonNode golden =
        Golden.json(Files.readAllBytes(Shared.file("golden/layers.json"))).get(network);
    List<String> points = new ArrayList<>();
    golden.get("points").forEach(p -> points.add(p.asText()));
    List<String> alone = new ArrayList<>();
    golden.get("weights_without_point").forEach(p -> alone.add(p.asText()));
    List<QuantizableLayer> layers = layers(network);
    assertEquals(
        points,
        layers.stream().filter(QuantizableLayer::hasPoint).map(QuantizableLayer::name).toList());
    assertEquals(
        alone, layers.stream().filter(l -> !l.hasPoint()).map(QuantizableLayer::name).toList());
  }

  /** By hand: 32 filters of 3 x 3 x 3 at 112 x 112, and 1280 x 1000. */
  @Test
  void countTheirWeights() {
    List<QuantizableLayer> layers = layers("mobilenet_v2");
    assertEquals(new QuantizableLayer("input", true, 0, 0), layers.get(0));
    assertEquals(
        new QuantizableLayer("features.0.0", true, 32 * 27, 32L * 27 * 112 * 112), layers.get(1));
    QuantizableLayer last = layers.get(layers.size() - 1);
    assertEquals(new QuantizableLayer("classifier.1", false, 1_280_000, 1_280_000), last);
    // All parameters but biases: torchvision's 3,504,872 less 1,000 of the classifier and the batch
    // norms' 2 x 17,056.
    assertEquals(3_469_760, layers.stream().mapToLong(QuantizableLayer::weights).sum());
  }

  @Test
  void costIsBitsTimesWeights() {
    List<QuantizableLayer> layers =
        List.of(new QuantizableLayer("a", true, 100, 1000), new QuantizableLayer("b", true, 10, 7));
    Configuration mixed =
        Configuration.of("int4").with("b", LayerPrecision.of(Precision.of("int8")));
    assertEquals(new Cost(4 * 100 + 8 * 10, 4 * 1000 + 8 * 7), Cost.of(layers, mixed));
    assertEquals(new Cost(32 * 110, 32 * 1007), Cost.of(layers, Configuration.F32));
  }

  @Test
  void exceptionsThatAreNoneAreLeftOut() {
    LayerPrecision int8 = LayerPrecision.of(Precision.of("int8"));
    assertEquals(Configuration.of("int8"), Configuration.of("int8").with("a", int8));
    Configuration off = new Configuration("off", int8, Map.of("a", LayerPrecision.F32));
    assertFalse(off.isFloat());
    assertTrue(Configuration.F32.with("a", LayerPrecision.F32).isFloat());
    assertTrue(off.get("a").isFloat());
    assertEquals(int8, off.get("b"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> off.check("net", List.of("b", "c")));
    assertTrue(e.getMessage().contains("'a'") && e.getMessage().contains("[b, c]"));
  }

  @Test
  void precisionsOfALayerHaveNames() {
    for (String name : List.of("f32", "int8", "int4-per-channel", "int4/f32", "f32/int8")) {
      assertEquals(name, LayerPrecision.parse(name).toString());
    }
    assertThrows(IllegalArgumentException.class, () -> LayerPrecision.parse("int8/"));
  }
}
