package org.bitgaze.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TimeZone;
import org.bitgaze.explain.Classification;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.task.MultiLabel;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.weights.Dtype;
import org.bitgaze.weights.SafetensorsWriter;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorMap;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTest {
  @TempDir private Path folder;

  private Path weights(String name, Map<String, String> metadata) throws IOException {
    return weights(Architecture.SQUEEZENET1_1, name, metadata);
  }

  private Path weights(Architecture network, String name, Map<String, String> metadata)
      throws IOException {
    TensorSource formula = new FormulaWeights(network.graph(4));
    return SafetensorsWriter.write(formula, Dtype.F32, metadata, folder.resolve(name));
  }

  @Test
  void preprocessingBelongsToTheWeights() throws IOException {
    Preprocessing v2 = Preprocessing.IMAGENET.withResize(232);
    Preprocessing bicubic = Preprocessing.IMAGENET.with(Interpolation.BICUBIC);
    // By the published file's name.
    Path official = weights("resnet50-11ad3fa6.pth.safetensors", Map.of());
    Path renamed = Files.move(official, folder.resolve("resnet50-11ad3fa6.pth"));
    assertEquals(
        v2,
        new Weights.File(renamed.toString(), "")
            .preprocessing(Architecture.RESNET50)
            .orElseThrow());
    // By what the file says, and by what the user says.
    Path own = weights("own.safetensors", Map.of("preprocessing", "interpolation=bicubic"));
    Model model = Model.zoo("squeezenet1_1").withWeights(own);
    assertEquals(bicubic, model.preprocessing());
    assertEquals(v2, model.withPreprocessing(v2).preprocessing());
    // By what torchvision does for the network.
    Path plain = weights("plain.safetensors", Map.of());
    assertEquals(
        Preprocessing.IMAGENET, Model.zoo("squeezenet1_1").withWeights(plain).preprocessing());
    Path efficient = weights(Architecture.EFFICIENTNET_B0, "efficient.safetensors", Map.of());
    assertEquals(bicubic, Model.zoo("efficientnet_b0").withWeights(efficient).preprocessing());
    // Those that come along say it themselves.
    try (TensorSource scenes = new Weights.Scenes().open(Architecture.MOBILENET_V2)) {
      assertEquals(
          Preprocessing.IMAGENET.toString(), scenes.metadata().get(Preprocessing.METADATA_KEY));
    }
  }

  /** The cache may hold the second version only. */
  @Test
  void publishedWeightsSayWhichVersionTheyAre() throws IOException {
    Path cache = Files.createDirectories(folder.resolve("home/weights"));
    Path file = weights("v2.safetensors", Map.of());
    Files.move(file, cache.resolve("mobilenet_v2-7ebf99e0.pth"));
    System.setProperty("bitgaze.home", folder.resolve("home").toString());
    try {
      assertEquals(
          Preprocessing.IMAGENET.withResize(232),
          new Weights.Published().preprocessing(Architecture.MOBILENET_V2).orElseThrow());
      assertThrows(
          IOException.class, () -> new Weights.Published().preprocessing(Architecture.VGG16));
    } finally {
      System.clearProperty("bitgaze.home");
    }
  }

  @Test
  void wrongMetadataNamesTheFile() throws IOException {
    Path wrong = weights("wrong.safetensors", Map.of("preprocessing", "resize=many"));
    IOException e =
        assertThrows(
            IOException.class, () -> Model.zoo("squeezenet1_1").withWeights(wrong).preprocessing());
    assertTrue(e.getMessage().startsWith(wrong + ": "), e.getMessage());
  }

  @Test
  void preprocessingIsText() {
    Preprocessing p = Preprocessing.parse("resize=300, crop=280,interpolation=bicubic,mean=0/0/0");
    assertEquals(p, Preprocessing.parse(p.toString()));
    assertEquals(280, p.framing().height());
    for (String wrong :
        new String[] {
          "resize", "size=3", "resize=x", "interpolation=area", "mean=1/2", "std=0/0/0"
        }) {
      assertThrows(IllegalArgumentException.class, () -> Preprocessing.parse(wrong), wrong);
    }
  }

  @Test
  void modelsAreValues() throws IOException {
    Path file = weights("a.safetensors", Map.of());
    Model one = Model.zoo("squeezenet1_1").withWeights(file).named("qat");
    Model two = Model.zoo("squeezenet1_1").withWeights(file).named("qat");
    assertEquals(one, two);
    assertEquals(one.hashCode(), two.hashCode());
    assertNotEquals(one, two.withTargetLayer("features.9"));
    assertEquals("qat", one.title());
    assertEquals("SqueezeNet 1.1", Model.zoo("squeezenet1_1").title());
    assertThrows(IllegalArgumentException.class, () -> one.named("a b"));
    try (OpenModel open = one.open()) {
      assertEquals(4, open.classes());
    }
  }

  @Test
  void weightsThatAreNotFiniteAreRefusedByName() throws IOException {
    TensorSource formula = new FormulaWeights(Architecture.SQUEEZENET1_1.graph(4));
    Map<String, Tensor> tensors = new HashMap<>();
    for (String name : formula.names()) {
      tensors.put(name, formula.read(name));
    }
    tensors.get("features.3.squeeze.weight").data()[7] = Float.NaN;
    Path file = folder.resolve("nan.safetensors");
    SafetensorsWriter.write(new TensorMap("nan", tensors), file);
    WeightsException e =
        assertThrows(
            WeightsException.class,
            () -> compile(Model.zoo("squeezenet1_1").withWeights(file), folder.resolve("p.pt")));
    assertEquals(
        file + ": tensor 'features.3.squeeze.weight' has NaN at element 7", e.getMessage());
  }

  private static void compile(Model model, Path program) throws IOException {
    try (OpenModel open = model.open()) {
      CamProgram.compile(
          open,
          new Quantization.Dynamic(Precision.of("int8")),
          MapMethod.GRADCAM_PLUS_PLUS,
          Arithmetic.SIMULATED,
          program);
    }
  }

  @Test
  void randomWeightsKeepTheTask() throws IOException {
    Path file =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .node("Conv", "x,w", "c")
            .node("GlobalAveragePool", "c", "g")
            .node("Flatten", "g", "f")
            .node("Sigmoid", "f", "s")
            .write(folder.resolve("labels.onnx"), "s");
    Model model = Model.onnx("m", file).withRandomWeights(RandomWeights.ALL);
    try (OpenModel open = model.open()) {
      assertEquals(new MultiLabel(2), open.objective());
    }
    assertEquals(Classification.of(2), Classification.of(2));
    assertNotEquals(Classification.of(2), Classification.of(3));
  }

  /** The same program is the same bytes, wherever it is made. */
  @Test
  void archivesKnowNoTimeZone() throws IOException {
    Model model = Model.zoo("squeezenet1_1").withWeights(weights("zone.safetensors", Map.of()));
    TimeZone here = TimeZone.getDefault();
    Path first = folder.resolve("a.pt");
    Path second = folder.resolve("b.pt");
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("America/Los_Angeles"));
      compile(model, first);
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      compile(model, second);
    } finally {
      TimeZone.setDefault(here);
    }
    assertEquals(-1, Files.mismatch(first, second));
    assertTrue(Files.size(first) > 1_000_000);
  }
}
