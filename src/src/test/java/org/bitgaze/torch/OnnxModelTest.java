package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.testing.Shared;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Models of ONNX files do all that models of the zoo do, and the same networks from both give the
 * same maps: relative 1e-4 at f32; at int8 a value on the edge of two steps may fall either way
 * where the weights were folded before they were exported, so correlation 0.99.
 */
class OnnxModelTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"mobilenet_v2,features.18.2", "squeezenet1_1,/features/features.12/Concat_output_0"})
  @NeedsShared("weights/mobilenet_v2.safetensors")
  void theZoosNetworksAreTheSame(String name, String layer) throws IOException {
    Path weights = Shared.file("weights/" + name + ".safetensors");
    Model zoo = Model.zoo(name).withWeights(weights);
    Path file = Shared.file("onnx/squeezenet1_1.onnx");
    if (name.equals("mobilenet_v2")) {
      file = folder.resolve("mine.onnx");
      try (TensorSource source = WeightsFile.open(weights)) {
        OnnxModels.of(Architecture.of(name).graph(1000), source, 224).write(file, "classifier.1");
      }
    }
    Model onnx =
        Model.onnx("mine", file).withTargetLayer(layer).withPreprocessing(zoo.preprocessing());
    assertEquals(zoo.preprocessing(), onnx.preprocessing());
    for (boolean quantized : new boolean[] {false, true}) {
      List<Explanation> expected = explain(zoo, quantized);
      List<Explanation> found = explain(onnx, quantized);
      for (int i = 0; i < expected.size(); i++) {
        float[] cam = expected.get(i).cam().values();
        assertEquals(expected.get(i).explained(), found.get(i).explained());
        if (quantized) {
          assertTrue(Golden.correlation(found.get(i).cam().values(), cam) >= 0.99);
        } else {
          double error = Golden.error(found.get(i).cam().values(), cam, Golden.largest(cam));
          assertEquals(0, error, 1e-4);
        }
      }
    }
  }

  private List<Explanation> explain(Model model, boolean quantized) throws IOException {
    List<RgbImage> images = Golden.images("crops.safetensors", "crops");
    Path file = folder.resolve("program.pt");
    try (OpenModel open = model.open()) {
      Quantization quantization = Quantization.NONE;
      if (quantized) {
        Observations seen = new Observations();
        try (ObserverProgram observer = ObserverProgram.of(open)) {
          observer.run(images).forEach(seen::add);
        }
        quantization = new Quantization.Static(Precision.of("int8"), seen.ranges(RangeMode.MINMAX));
      }
      CamProgram.compile(
          open, quantization, MapMethod.GRADCAM_PLUS_PLUS, Arithmetic.SIMULATED, file);
    }
    try (CamProgram program = new CamProgram(file, DropoutStreams.NONE)) {
      int[] own = new int[images.size()];
      java.util.Arrays.fill(own, CamProgram.OWN_CLASS);
      return program.run(images, own);
    }
  }

  /** A model of 8 x 8 images. */
  private Path small() throws IOException {
    return OnnxModels.of(17, 8)
        .floats("w", new int[] {3, 1, 1, 1}, 1, 2, 3)
        .node("Conv", "x,w", "c", "group", 3)
        .node("Relu", "c", "r")
        .node("GlobalAveragePool", "r", "p")
        .node("Flatten", "p", "y")
        .write(folder.resolve("small.onnx"), "y");
  }

  @Test
  void whatTheFileDoesNotSayStandsBesideIt() throws IOException {
    Path file = small();
    Model model = Model.onnx("small", file);
    assertEquals("r", model.targetLayer());
    assertEquals(Preprocessing.parse("resize=9,crop=8"), model.preprocessing());
    Path beside = folder.resolve("small.json");
    Files.writeString(
        beside,
        "{\"preprocessing\": \"resize=8,crop=8,mean=0/0/0,std=1/1/1\", \"target_layer\": \"c\"}");
    assertEquals("r", model.targetLayer());
    model = Model.onnx("small", file);
    assertEquals("c", model.targetLayer());
    Preprocessing said = Preprocessing.parse("resize=8,crop=8,mean=0/0/0,std=1/1/1");
    assertEquals(said, model.preprocessing());
    assertEquals("r", model.withTargetLayer("r").targetLayer());
    // What was read travels with the model, and nothing beside the file changes it.
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(model);
    }
    Files.delete(beside);
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Model sent = (Model) in.readObject();
      assertEquals(model, sent);
      assertEquals("c", sent.targetLayer());
      assertEquals(said, sent.preprocessing());
    } catch (ClassNotFoundException e) {
      throw new IOException(e);
    }
    assertNotEquals(model, Model.onnx("small", file));
    for (String wrong :
        List.of(
            "{\"preprocessing\": \"crop=9\"}",
            "{\"layout\": \"nhwc\"}",
            "{\"layout\": \"chwn\"}",
            "{\"size\": 8}",
            "{")) {
      Files.writeString(beside, wrong);
      assertThrows(WeightsException.class, () -> Model.onnx("small", file).open(), wrong);
    }
  }

  @Test
  void modelsAreValues() throws IOException {
    Path file = small();
    Model model = Model.onnx("a", file);
    assertEquals(model, Model.onnx("a", file));
    assertNotEquals(model, Model.onnx("b", file));
    assertEquals("onnx", model.network());
    assertEquals("a", model.title());
    assertThrows(IllegalArgumentException.class, () -> Model.onnx("a b", file));
    assertThrows(IllegalArgumentException.class, () -> model.withWeights(file));
    assertThrows(
        IOException.class, () -> Model.onnx("a", folder.resolve("none.onnx")).preprocessing());
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(bytes.length, model.stream().readAllBytes().length);
    Files.write(file, new byte[] {1, 2, 3});
    assertThrows(OnnxException.class, model::open);
  }

  /** What is quantized already is explained as it is. */
  @Test
  void quantizedFilesAreNotQuantizedAgain() throws IOException {
    Model model = Model.onnx("q", Shared.file("onnx/squeezenet1_1_qdq_per_tensor.onnx"));
    String layer = "/features/features.12/Concat_output_0";
    assertEquals(layer + "_DequantizeLinear_Output", model.withTargetLayer(layer).targetLayer());
    try (OpenModel open = model.open()) {
      Quantization again = new Quantization.Dynamic(Precision.of("int8"));
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  CamProgram.compile(
                      open,
                      again,
                      MapMethod.GRADCAM_PLUS_PLUS,
                      Arithmetic.SIMULATED,
                      folder.resolve("p.pt")));
      assertTrue(e.getMessage().contains("quantized already"), e.getMessage());
    }
  }
}
