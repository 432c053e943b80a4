package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.TestImages;
import org.bitgaze.weights.SafetensorsWriter;
import org.bitgaze.weights.WeightsException;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CamProgramTest {
  @TempDir private Path folder;

  private Model model(int classes) throws IOException {
    Path file = folder.resolve("squeezenet1_1.safetensors");
    SafetensorsWriter.write(new FormulaWeights(Architecture.SQUEEZENET1_1.graph(classes)), file);
    return Model.zoo("squeezenet1_1").withWeights(file);
  }

  private ProgramKey key(Quantization quantization) throws IOException {
    return new ProgramKey(model(10), quantization, MapMethod.GRADCAM_PLUS_PLUS);
  }

  @Test
  void threadsAgreeToTheBit() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (var lease = CamProgram.lease(key(new Quantization.Dynamic(Precision.of("int8"))))) {
      List<RgbImage> images = List.of(TestImages.crop(1));
      float[] expected = lease.program().run(images, new int[] {-1}).get(0).cam().values();
      List<Future<float[]>> found = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        found.add(
            pool.submit(() -> lease.program().run(images, new int[] {-1}).get(0).cam().values()));
      }
      for (Future<float[]> cam : found) {
        assertArrayEquals(expected, cam.get());
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void placeInBatchAndNeighboursDoNotMatter() throws IOException {
    try (var lease = CamProgram.lease(key(Quantization.NONE))) {
      List<RgbImage> images = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        images.add(TestImages.crop(i));
      }
      int[] own = {-1, -1, -1, -1, -1, -1, -1, -1};
      Explanation first = lease.program().run(images, own).get(0);
      Collections.rotate(images, 5);
      Explanation moved = lease.program().run(images, own).get(5);
      assertArrayEquals(first.cam().values(), moved.cam().values());
      assertArrayEquals(first.logits(), moved.logits());
      Explanation alone = lease.program().run(List.of(TestImages.crop(0)), new int[] {-1}).get(0);
      assertArrayEquals(first.logits(), alone.logits(), 1e-4f);
    }
  }

  @Test
  void explainsTheWantedClass() throws IOException {
    try (var lease = CamProgram.lease(key(Quantization.NONE))) {
      List<RgbImage> images = List.of(TestImages.crop(1), TestImages.crop(1));
      List<Explanation> explanations = lease.program().run(images, new int[] {-1, 7});
      Explanation own = explanations.get(0);
      assertEquals(own.topClass(), own.explained());
      assertEquals(7, explanations.get(1).explained());
      double sum = 0;
      for (int c = 0; c < 10; c++) {
        sum += own.probability(c);
      }
      assertEquals(1, sum, 1e-9);
    }
  }

  @Test
  void aProgramIsSharedUntilTheLastLetsGo() throws IOException {
    ProgramKey key = key(Quantization.NONE);
    var first = CamProgram.lease(key);
    var second = CamProgram.lease(key);
    CamProgram program = first.program();
    assertSame(program, second.program());
    first.close();
    first.close();
    second.program().run(List.of(TestImages.crop(1)), new int[] {-1});
    second.close();
    try (var third = CamProgram.lease(key)) {
      assertNotSame(program, third.program());
    }
  }

  @Test
  void misshapenTensorsAreNamed() throws IOException {
    assertRefused(
        "squeezenet1_1",
        ": tensor 'features.0.weight' has shape [96, 3, 7, 7], but squeezenet1_1 needs [64, 3, 3, 3]");
  }

  @Test
  void missingTensorsAreNamed() throws IOException {
    assertRefused(
        "mobilenet_v2",
        ": no tensor 'features.0.0.weight', which mobilenet_v2 needs with shape [32, 3, 3, 3];"
            + " 52 tensors were found, such as"
            + " [features.0.weight, features.0.bias, features.3.squeeze.weight]");
  }

  /** Opens SqueezeNet 1.0's weights as another network's. */
  private void assertRefused(String network, String problem) throws IOException {
    Path file = folder.resolve("squeezenet1_0.safetensors");
    SafetensorsWriter.write(new FormulaWeights(Architecture.SQUEEZENET1_0.graph(10)), file);
    Model wrong = Model.zoo(network).withWeights(file);
    WeightsException e = assertThrows(WeightsException.class, wrong::open);
    assertEquals(file + problem, e.getMessage());
  }
}
