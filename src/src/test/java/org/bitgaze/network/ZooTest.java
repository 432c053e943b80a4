package org.bitgaze.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.bitgaze.network.op.Size;
import org.bitgaze.weights.Tensor;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZooTest {

  /**
   * Parameters and giga multiply-adds as torchvision's documentation of its weights states them.
   */
  @ParameterizedTest
  @CsvSource({
    "vgg16, 138357544, 15.47, 512, 7",
    "resnet50, 25557032, 4.09, 2048, 7",
    "densenet121, 7978856, 2.83, 1024, 7",
    "mobilenet_v2, 3504872, 0.30, 1280, 7",
    "squeezenet1_0, 1248424, 0.82, 512, 13",
    "squeezenet1_1, 1235496, 0.35, 512, 13",
    "efficientnet_b0, 5288548, 0.39, 1280, 7"
  })
  void isTorchvisions(String name, long parameters, double gmacs, int channels, int side) {
    Architecture zoo = Architecture.of(name);
    Graph graph = zoo.graph(1000);
    long found = 0;
    for (Map.Entry<String, int[]> p : graph.parameters().entrySet()) {
      if (!p.getKey().contains("running_")) {
        found += Tensor.elements(p.getValue());
      }
    }
    assertEquals(parameters, found);
    Shapes shapes = Shapes.of(graph, 224, 224);
    assertEquals(gmacs, shapes.multiplyAdds() / 1e9, 0.006);
    String target = TargetLayer.resolve(graph, zoo.targetLayer(), 224);
    assertArrayEquals(new int[] {channels, side, side}, shapes.get(target));
    assertArrayEquals(new int[] {1000}, shapes.get(graph.output().name()));
  }

  @Test
  void theTransformerForScenesHasAClassTokenAndPatches() {
    Graph graph = Architecture.VIT_SCENES.graph(12);
    Shapes shapes = Shapes.of(graph, 224, 224);
    String target = TargetLayer.resolve(graph, Architecture.VIT_SCENES.targetLayer(), 224);
    assertArrayEquals(new int[] {197, 128}, shapes.get(target));
    assertEquals(
        "tokens, 1 prefix, 14x14", TargetLayer.view(graph, target, Size.of(224)).toString());
  }

  @Test
  void layersWithABypassAreNoTargets() {
    Graph graph = Architecture.RESNET50.graph(1000);
    assertEquals("layer3.5.relu_2", TargetLayer.resolve(graph, "layer3", 224));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> TargetLayer.resolve(graph, "layer3.1.conv2", 224));
    assertTrue(e.getMessage().contains("together with what follows"), e.getMessage());
    e =
        assertThrows(
            IllegalArgumentException.class, () -> TargetLayer.resolve(graph, "layer3.1.bn2", 224));
    assertTrue(e.getMessage().contains("bypasses 'layer3.1.bn2'"), e.getMessage());
    List<String> candidates = TargetLayer.candidates(graph, 224);
    assertTrue(candidates.contains("layer2"), candidates.toString());
    assertTrue(candidates.contains("layer4.1"), candidates.toString());
    for (String layer : candidates) {
      TargetLayer.resolve(graph, layer, 224);
    }
  }

  @Test
  void unknownNetworksAreRefused() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Architecture.of("alexnet"));
    assertTrue(e.getMessage().contains("squeezenet1_1"), e.getMessage());
  }
}
