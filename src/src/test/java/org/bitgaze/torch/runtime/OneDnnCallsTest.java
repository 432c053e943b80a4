package org.bitgaze.torch.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitgaze.image.CaffeMeans;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Size;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.emit.ConvolutionCalls;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.ProgramText.Use;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneDnnCallsTest {
  private static final String CALL = "mkldnn_convolution";
  private static final ConvolutionCalls ALWAYS =
      call ->
          OneDnnCalls.byName(call, "torch.size(" + call.x() + ", 2) == " + call.image().height());
  private static final int SIDE = 20;

  private static final Conv2d DEPTHWISE =
      Conv2d.of(3, 3, 3).withGroups(3).withPadding(1).withStride(2);

  /** One image, several, and images of a size that was not tried. */
  @Test
  void calledByNameOneDnnComputesTheSame() throws IOException {
    for (int side : new int[] {SIDE, SIDE + 3}) {
      for (int images : new int[] {1, 3}) {
        assertArrayEquals(
            run(ConvolutionCalls.PORTABLE, images, side), run(ALWAYS, images, side), 1e-3f);
      }
    }
  }

  /** Its gradients are not tried. */
  @Test
  void whatIsDifferentiatedIsPyTorchs() {
    assertFalse(calls(text(DEPTHWISE, ALWAYS, Use.DIFFERENTIATED)));
    assertTrue(calls(text(DEPTHWISE, ALWAYS, Use.KEPT)));
    assertTrue(calls(text(DEPTHWISE, ALWAYS, Use.OVERWRITTEN)));
    assertFalse(calls(text(DEPTHWISE, ConvolutionCalls.PORTABLE, Use.OVERWRITTEN)));
  }

  @Test
  void whatPadsByOtherThanZerosIsPyTorchs() {
    Conv2d mirrors =
        new Conv2d(3, 3, Size.of(3), Size.ONE, Size.ONE, Size.ONE, 3, true, PaddingMode.REFLECT);
    assertFalse(calls(text(mirrors, ALWAYS, Use.OVERWRITTEN)));
  }

  @Test
  void noFileIsForThisMachineOnly(@TempDir Path folder) {
    ProgramText text = text(DEPTHWISE, ALWAYS, Use.OVERWRITTEN);
    text.add("return " + text.variable("c"));
    Path file = folder.resolve("program.pt");
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                TorchScriptArchive.write(
                    file, text, new Network(text.graph(), weights()), "images: Tensor) -> Tensor"));
    assertEquals("one: the program is compiled for this machine only", refused.getMessage());
  }

  private static boolean calls(ProgramText text) {
    return text.lines().stream().anyMatch(line -> line.contains(CALL));
  }

  private static ProgramText text(Conv2d convolution, ConvolutionCalls convolutions, Use use) {
    Graph graph =
        new Graph(
            "one",
            List.of(
                new Node("input", "input", new Input(3), List.of()),
                new Node("c", "c", convolution, List.of("input"))));
    ProgramText text =
        ProgramText.ofAttributes(graph, Size.of(SIDE)).withConvolutions(convolutions);
    InputText.of(CaffeMeans.VGG).write(text);
    text.write(graph.names(), use);
    return text;
  }

  private static Network network(ProgramText text) {
    return new Network(text.graph(), weights());
  }

  private static TensorMap weights() {
    Random random = new Random(3);
    float[] weights = new float[3 * 9];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextFloat();
    }
    return new TensorMap(
        "one",
        Map.of(
            "c.weight", new Tensor(new int[] {3, 1, 3, 3}, weights),
            "c.bias", new Tensor(new int[] {3}, new float[] {1, 2, 3})));
  }

  /** On images with samples to 255, so that sums are in the hundreds. */
  private static float[] run(ConvolutionCalls convolutions, int images, int side)
      throws IOException {
    ProgramText text = text(DEPTHWISE, convolutions, Use.OVERWRITTEN);
    text.add("return torch.contiguous(" + text.variable("c") + ")");
    Random random = new Random(images);
    List<RgbImage> noise = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      byte[] pixels = new byte[side * side * 3];
      random.nextBytes(pixels);
      noise.add(new RgbImage(side, side, pixels));
    }
    try (LoadedModule module = LoadedModule.of(text, network(text), "images: Tensor) -> Tensor");
        NDManager manager = module.newManager()) {
      NDList inputs = new NDList(Batches.toArray(manager, noise));
      return module.run(inputs, 1).get(0).toFloatArray();
    }
  }
}
