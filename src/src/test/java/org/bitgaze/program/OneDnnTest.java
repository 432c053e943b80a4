package org.bitgaze.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Node;
import org.bitgaze.image.CaffeMeans;
import org.bitgaze.op.Conv2d;
import org.bitgaze.op.Input;
import org.bitgaze.op.Size;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorMap;
import org.junit.jupiter.api.Test;

class OneDnnTest {
  private static final int SIDE = 20;
  private static final int IMAGES = 3;

  /** Of MobileNetV2: what it is there for. */
  @Test
  void depthwiseConvolutionsAreRight() {
    Conv2d depthwise = Conv2d.of(96, 96, 3).withGroups(96).withPadding(1).withStride(2);
    assertTrue(OneDnn.isRight(depthwise, Size.of(112)));
  }

  /** What {@link TorchContext#areSumsRight} asks for is found out here, too. */
  @Test
  void wrongConvolutionsAreFound() {
    boolean wrong = OneDnn.error(Conv2d.of(2, 4, 3).withGroups(2), Size.of(3)) > 0.1;
    assertEquals(TorchEngine.oneDnn() != OneDnn.TRUSTED, wrong);
  }

  @Test
  void onePixelIsNotAskedFor() {
    assertFalse(OneDnn.isRight(Conv2d.of(512, 1024, 1).withStride(2), Size.of(14)));
  }

  @Test
  void calledByNameItComputesTheSame() throws IOException {
    Conv2d c = Conv2d.of(3, 3, 3).withGroups(3).withPadding(1).withStride(2);
    for (int images : new int[] {1, IMAGES}) {
      assertArrayEquals(
          run(c, Convolutions.PORTABLE, images), run(c, (any, size) -> true, images), 1e-3f);
    }
  }

  /** On images with samples to 255, so that sums are in the hundreds. */
  private static float[] run(Conv2d convolution, Convolutions convolutions, int images)
      throws IOException {
    Graph graph =
        new Graph(
            "one",
            List.of(
                new Node("input", "input", new Input(3), List.of()),
                new Node("c", "c", convolution, List.of("input"))));
    Random random = new Random(images);
    float[] weights = new float[3 * 9];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextFloat();
    }
    TensorMap tensors =
        new TensorMap(
            "one",
            Map.of(
                "c.weight", new Tensor(new int[] {3, 1, 3, 3}, weights),
                "c.bias", new Tensor(new int[] {3}, new float[] {1, 2, 3})));
    byte[] pixels = new byte[images * SIDE * SIDE * 3];
    random.nextBytes(pixels);
    ProgramText text = ProgramText.ofAttributes(graph, SIDE).calling(convolutions);
    text.subtractMeans(CaffeMeans.VGG);
    text.add("torch.set_grad_enabled(False)");
    text.write(graph.names(), true);
    text.add("return torch.contiguous(" + text.variable("c") + ")");
    try (LoadedModule module = LoadedModule.of(text, tensors, "images: Tensor) -> Tensor");
        NDManager manager = module.newManager()) {
      Shape shape = new Shape(images, SIDE, SIDE, 3);
      NDList input = new NDList(manager.create(ByteBuffer.wrap(pixels), shape, DataType.UINT8));
      return module.run(input, 1).get(0).toFloatArray();
    }
  }
}
