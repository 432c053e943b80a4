package org.bitgaze.ort;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstDifferenceTest {
  @TempDir private Path folder;

  private static final int SIDE = 14;
  private static final float SCALE = .02f;
  private static final float WEIGHTS = .01f;

  private static final List<RgbImage> IMAGES =
      IntStream.range(0, 2).mapToObj(FirstDifferenceTest::image).toList();

  private static RgbImage image(int seed) {
    byte[] samples = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i * 53 + seed * 17);
    }
    return new RgbImage(SIDE, SIDE, samples);
  }

  /**
   * Two convolutions between pairs. ONNX Runtime takes a bias as integers of the scale of input
   * times weights, whatever scale its DequantizeLinear has; the simulation reads that scale.
   */
  private Path convolutions(float secondBias) throws IOException {
    int[] w = new int[3 * 3];
    for (int i = 0; i < w.length; i++) {
      w[i] = i * 31 % 17 - 8;
    }
    return OnnxModels.of(17, SIDE)
        .floats("s", new int[0], SCALE)
        .ints("z", 2, new int[0], 128)
        .ints("w8", 3, new int[] {3, 3, 1, 1}, w)
        .floats("ws", new int[0], WEIGHTS)
        .ints("wz", 3, new int[0], 0)
        .ints("b32", 6, new int[] {3}, 500, -700, 900)
        .floats("bs1", new int[0], SCALE * WEIGHTS)
        .floats("bs2", new int[0], secondBias)
        .node("QuantizeLinear", "x,s,z", "xq")
        .node("DequantizeLinear", "xq,s,z", "xd")
        .node("DequantizeLinear", "w8,ws,wz", "wd1")
        .node("DequantizeLinear", "b32,bs1", "bd1")
        .node("Conv", "xd,wd1,bd1", "c1")
        .node("QuantizeLinear", "c1,s,z", "q1")
        .node("DequantizeLinear", "q1,s,z", "d1")
        .node("DequantizeLinear", "w8,ws,wz", "wd2")
        .node("DequantizeLinear", "b32,bs2", "bd2")
        .node("Conv", "d1,wd2,bd2", "c2")
        .node("QuantizeLinear", "c2,s,z", "q2")
        .node("DequantizeLinear", "q2,s,z", "d2")
        .node("GlobalAveragePool", "d2", "p")
        .node("QuantizeLinear", "p,s,z", "q3")
        .node("DequantizeLinear", "q3,s,z", "d3")
        .node("Flatten", "d3", "f")
        .write(folder.resolve("c.onnx"), "f");
  }

  @Test
  void theFirstNodeThatDiffersIsNamed() throws IOException {
    Model model = Model.onnx("m", convolutions(10 * SCALE * WEIGHTS));
    FirstDifference found = FirstDifference.find(model, IMAGES, 1);
    FirstDifference.Difference first = found.difference().orElseThrow();
    assertEquals("/c2", first.node());
    assertEquals("Conv", first.type());
    // The largest bias, 900 * 0.0002 * 9, is 81 steps of 0.02 too small.
    assertEquals(81, first.steps(), 1);
    assertEquals(1, first.share());
    assertTrue(
        found.words().startsWith("they differ first at node /c2 (Conv), by up to 8"),
        found.words());
    assertTrue(FirstDifference.find(model, IMAGES, 100).difference().isEmpty());
  }

  @Test
  void nothingIsFoundWhereNothingDiffers() throws IOException {
    Model model = Model.onnx("m", convolutions(SCALE * WEIGHTS));
    FirstDifference found = FirstDifference.find(model, IMAGES, 1);
    assertEquals(
        "in none of 4 tensors do more than 1 % of the elements differ by more than 1 step (2 images)",
        found.words());
  }

  @Test
  void tensorsOfFloatFilesAreComparedByTheirRange() throws IOException {
    Path file =
        OnnxModels.of(17, SIDE)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .node("Conv", "x,w", "c")
            .node("Relu", "c", "r")
            .node("GlobalAveragePool", "r", "p")
            .node("Flatten", "p", "f")
            .write(folder.resolve("float.onnx"), "f");
    FirstDifference found = FirstDifference.find(Model.onnx("m", file), IMAGES, 0.01);
    assertEquals(
        "in none of 4 tensors do more than 1 % of the elements differ by more than 0.01 steps"
            + " (2 images)",
        found.words());
  }

  /** Integer kernels round differently, and single elements drift apart by some steps. */
  @Test
  @NeedsShared("deployed/maps.safetensors")
  void roundingIsNotReported() throws IOException {
    RgbImage crop = Golden.images("crops.safetensors", "crops").get(0);
    Model model = Model.onnx("m", Shared.file("deployed/squeezenet1_1_qoperator.onnx"));
    FirstDifference found = FirstDifference.find(model, List.of(crop), 4);
    assertEquals(
        "in none of 32 tensors do more than 1 % of the elements differ by more than 4 steps"
            + " (1 images)",
        found.words());
  }
}
