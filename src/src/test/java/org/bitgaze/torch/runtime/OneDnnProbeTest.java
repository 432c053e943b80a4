package org.bitgaze.torch.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Size;
import org.bitgaze.testing.Shared;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.FastGaze;
import org.junit.jupiter.api.Test;

class OneDnnProbeTest {

  /** Wrong ones have errors of a tenth and more; so would one that was asked for wrongly. */
  @Test
  void depthwiseConvolutionsAreRight() {
    Conv2d depthwise = Conv2d.of(96, 96, 3).withGroups(96).withPadding(1).withStride(2);
    assertTrue(OneDnnProbe.isRight(depthwise, Size.of(112)));
    assertTrue(OneDnnProbe.isRight(depthwise.withBias(false), new Size(20, 30)));
  }

  @Test
  void wrongConvolutionsAreFound() {
    assumeTrue(TorchEngine.oneDnn() == OneDnn.PROBED, "oneDNN is right on this machine");
    assertFalse(OneDnnProbe.isRight(Conv2d.of(2, 4, 3).withGroups(2), Size.of(3)));
  }

  /** On a machine where oneDNN is wrong, each of these would end the process. */
  @Test
  void whatCouldEndTheProcessIsNotTried() {
    assertFalse(OneDnnProbe.isRight(Conv2d.of(512, 1024, 1).withStride(2), Size.of(14)));
    Conv2d padded = Conv2d.of(96, 128, 2).withStride(2).withPadding(3);
    assertFalse(OneDnnProbe.isRight(padded, new Size(20, 10)));
  }

  /** A network's small convolutions do not keep its large ones from being called. */
  @Test
  void smallConvolutionsArePyTorchs() {
    Conv2d large = Conv2d.of(3, 64, 3).withPadding(1);
    Conv2d small = Conv2d.of(64, 8, 3).withPadding(1).withStride(8);
    assertFalse(OneDnnProbe.isRight(small, Size.of(16)));
    Graph graph =
        new Graph(
            "two",
            List.of(
                new Node("input", "input", new Input(3), List.of()),
                new Node("large", "large", large, List.of("input")),
                new Node("small", "small", small.withStride(1), List.of("large"))));
    assertTrue(OneDnnProbe.isRight(graph, new Size(90, 100)));
    assertTrue(OneDnnProbe.isRight(graph, Size.of(16)));
  }

  /** Of more rows than a period of the noise, with strides and borders that do not divide it. */
  @Test
  void allRowsAreCompared() {
    Conv2d odd =
        new Conv2d(
            8,
            16,
            new Size(5, 3),
            new Size(2, 1),
            new Size(3, 1),
            Size.ONE,
            1,
            true,
            PaddingMode.ZEROS);
    assertTrue(OneDnnProbe.error(odd, new Size(150, 40)) < 1e-4);
    assertTrue(OneDnnProbe.error(odd, new Size(63, 40)) < 1e-4);
  }

  /** FastGaze's large convolutions are called by name where PyTorch leaves oneDNN out. */
  @Test
  void fastGazeIsRightForPhotographs() throws IOException {
    try (TensorSource weights = WeightsFile.open(Shared.file("saliency/fastgaze.vxm"))) {
      assertTrue(OneDnnProbe.isRight(FastGaze.network(weights).graph(), new Size(240, 320)));
    }
  }
}
