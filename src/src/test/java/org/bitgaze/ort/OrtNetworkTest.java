package org.bitgaze.ort;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.bitgaze.explain.Engine;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.Squash;
import org.bitgaze.model.Model;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtNetworkTest {
  @TempDir private Path folder;

  private static Path report(String name) throws URISyntaxException {
    return Path.of(OnnxNetwork.class.getResource("reports/" + name).toURI());
  }

  private static OrtNetwork open(Path file) throws IOException {
    DeployedFile deployed = DeployedFile.read(file, InputDescription.DEFAULT);
    return OrtNetwork.of(deployed, true, deployed.target().orElse(""));
  }

  private static int side(OrtNetwork network) {
    return network.size().width();
  }

  private static float[] input(int side, int seed) {
    float[] input = new float[3 * side * side];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) Math.sin(i * .37 + seed);
    }
    return input;
  }

  /** Among them are files that the importer cannot read. */
  @Test
  void filesRunAndAreCut() throws Exception {
    for (String name :
        List.of(
            "00-control/float.onnx",
            "00-control/qdq.onnx",
            "09-qlinearconv/qlinearconv.onnx",
            "09-qlinearconv/qlinearglobalaveragepool-ms.onnx",
            "09-qlinearconv/fusedconv-ms.onnx",
            "10-fp16-inside/fp16-io.onnx",
            "10-fp16-inside/cast-conv-cast.onnx")) {
      try (OrtNetwork network = open(report(name))) {
        float[] input = input(side(network), 1);
        List<float[]> together =
            network.outputs(List.of(input, input(side(network), 2), input, input, input));
        assertEquals(5, together.size(), name);
        assertArrayEquals(network.outputs(List.of(input)).get(0), together.get(4), name);
        assertArrayEquals(together.get(0), together.get(4), name);
        assertFalse(Arrays.equals(together.get(0), together.get(1)), name);
        TargetAndHead cut = TargetAndHead.of(network, input);
        assertArrayEquals(together.get(0), cut.outputs(), name);
        assertTrue(cut.channels() > 1, name);
      }
    }
  }

  private record TargetAndHead(int channels, float[] outputs) {
    static TargetAndHead of(OrtNetwork network, float[] input) {
      var target = network.target(input);
      return new TargetAndHead(
          target.activations().channels(), target.outputsWithout(new int[] {-1}).get(0));
    }
  }

  /** The engines' float32 sums differ in their order alone. */
  @Test
  void bothEnginesComputeTheSameNetwork() throws Exception {
    Path file = report("00-control/float.onnx");
    Model torch = Model.onnx("m", file);
    Model deployed = torch.withEngine(Engine.ONNX_RUNTIME);
    assertEquals(torch.info().classes(), deployed.info().classes());
    assertEquals(torch.info().targetLayer(), deployed.info().targetLayer());
    assertEquals(torch.info().preprocessing(), deployed.info().preprocessing());
    OrtTrial trial = OrtTrial.of(deployed, MapMethod.ABLATIONCAM);
    assertEquals(torch.info().classes(), trial.classes());
    assertTrue(trial.size().isPresent());
    assertTrue(OrtTrial.of(deployed, MapMethod.OCCLUSION).size().isEmpty());
    assertThrows(
        IllegalArgumentException.class, () -> Model.zoo("vgg16").withEngine(Engine.ONNX_RUNTIME));
  }

  @Test
  void probabilitiesBecomeTheirLogarithms() throws IOException {
    float[] weights = new float[2 * 3 * 14 * 14];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) Math.cos(i) / 20;
    }
    List<float[]> outputs = new ArrayList<>();
    for (String last : List.of("", "Softmax", "LogSoftmax")) {
      OnnxModels model =
          OnnxModels.of(17, 14)
              .floats("w", new int[] {2, 3, 14, 14}, weights)
              .node("Conv", "x,w", "c")
              .node("Flatten", "c", "f");
      Path file =
          last.isEmpty()
              ? model.write(folder.resolve("l.onnx"), "f")
              : model.node(last, "f", "p", "axis", 1).write(folder.resolve(last + ".onnx"), "p");
      InputDescription small = InputDescription.parse("{}");
      try (OrtNetwork network = OrtNetwork.of(DeployedFile.read(file, small), true, "")) {
        outputs.add(network.outputs(List.of(input(14, 3))).get(0));
        Throwable none =
            assertThrows(UnsupportedOperationException.class, () -> network.target(input(14, 3)));
        assertTrue(none.getMessage().contains("--target-layer"), none.getMessage());
      }
    }
    double sum = Math.exp(outputs.get(0)[0]) + Math.exp(outputs.get(0)[1]);
    for (int i = 0; i < 2; i++) {
      double expected = outputs.get(0)[i] - Math.log(sum);
      assertEquals(expected, outputs.get(1)[i], 1e-5);
      assertEquals(expected, outputs.get(2)[i], 1e-5);
    }
  }

  @Test
  void aTargetThatOthersBypassIsRefusedWhereTheHeadMustRunAlone() throws IOException {
    Path file =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {3, 3, 1, 1}, new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1})
            .node("Conv", "x,w", "c")
            .node("Add", "c,x", "a")
            .node("GlobalAveragePool", "a", "g")
            .node("Flatten", "g", "f")
            .write(folder.resolve("bypass.onnx"), "f");
    DeployedFile read = DeployedFile.read(file, InputDescription.DEFAULT);
    assertEquals("a", read.target().orElseThrow());
    try (OrtNetwork network = OrtNetwork.of(read, true, "c")) {
      var target = network.target(input(14, 0));
      Throwable refused =
          assertThrows(
              UnsupportedOperationException.class, () -> target.outputsWithout(new int[] {0}));
      assertTrue(refused.getMessage().contains("also needs 'x'"), refused.getMessage());
    }
    Model unknown = Model.onnx("m", file).withEngine(Engine.ONNX_RUNTIME).withTargetLayer("none");
    Throwable e = assertThrows(IOException.class, () -> OrtTrial.of(unknown, MapMethod.EIGENCAM));
    assertTrue(e.getMessage().contains("'none'"), e.getMessage());
  }

  /** Both engines read the same task, target and preprocessing from a file. */
  @Test
  void otherTasksAreExplained() throws IOException {
    OnnxModels network =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .node("Conv", "x,w", "c");
    Path map =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {3, 3, 1, 1}, 1, 2, 3, 4, 5, 6, 7, 8, 9)
            .floats("v", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .node("Conv", "x,w", "a")
            .node("Relu", "a", "b")
            .node("Conv", "b,v", "c")
            .write(folder.resolve("map.onnx"), "c");
    Path labels =
        network
            .node("GlobalAveragePool", "c", "g")
            .node("Flatten", "g", "f")
            .node("Sigmoid", "f", "s")
            .write(folder.resolve("labels.onnx"), "s");
    for (Path file : List.of(map, labels)) {
      Model torch = Model.onnx("m", file);
      Model deployed = torch.withEngine(Engine.ONNX_RUNTIME);
      assertFalse(torch.info().objective().isClassification());
      assertEquals(torch.info().objective(), deployed.info().objective());
      assertEquals(torch.info().preprocessing(), deployed.info().preprocessing());
      assertEquals(2, OrtTrial.of(deployed, MapMethod.OCCLUSION).classes());
    }
    InputDescription classifier = InputDescription.parse("{\"task\": \"classification\"}");
    Model wrong = Model.onnx("m", map, classifier).withEngine(Engine.ONNX_RUNTIME);
    Throwable refused =
        assertThrows(OnnxException.class, () -> OrtTrial.of(wrong, MapMethod.OCCLUSION));
    assertTrue(refused.getMessage().contains("N x 2 x 14 x 14"), refused.getMessage());
    Model said = Model.onnx("m", labels, classifier).withEngine(Engine.ONNX_RUNTIME);
    assertEquals(2, OrtTrial.of(said, MapMethod.OCCLUSION).classes());
  }

  /** Answers go by the sign of a logit, which a probability does not have. */
  @Test
  void probabilitiesAreNotTakenForLogits() throws IOException {
    OnnxModels network =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .floats("d", new int[] {2, 2}, 1, 0, 0, 1)
            .node("Conv", "x,w", "c")
            .node("GlobalAveragePool", "c", "g")
            .node("Flatten", "g", "f")
            .node("Det", "d", "e")
            .node("Mul", "f,e", "m");
    Path sigmoids = network.node("Sigmoid", "m", "s").write(folder.resolve("s.onnx"), "s");
    Path other = network.node("HardSigmoid", "m", "h").write(folder.resolve("h.onnx"), "h");
    InputDescription said =
        InputDescription.parse("{\"task\": \"multilabel\"}")
            .with(Preprocessing.IMAGENET.with(new Squash(14, 14)));
    // The file's shapes are needed, where the importer does not find them.
    for (Path file : List.of(sigmoids, other)) {
      ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
      model
          .getGraphBuilder()
          .getOutputBuilder(0)
          .getTypeBuilder()
          .getTensorTypeBuilder()
          .setElemType(1)
          .getShapeBuilder()
          .clearDim()
          .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1))
          .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(2));
      Files.write(file, model.build().toByteArray());
    }
    assertEquals(
        2,
        OrtTrial.of(
                Model.onnx("m", sigmoids, said).withEngine(Engine.ONNX_RUNTIME),
                MapMethod.OCCLUSION)
            .classes());
    Model unclear = Model.onnx("m", other, said).withEngine(Engine.ONNX_RUNTIME);
    Throwable refused = assertThrows(OnnxException.class, unclear::info);
    assertTrue(refused.getMessage().contains("logits or probabilities"), refused.getMessage());
  }

  @Test
  void whatIsAssumedIsSaid() throws IOException {
    Path file =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .floats("v", new int[] {1, 2}, 1, 2)
            .node("Conv", "x,w", "c")
            .node("GlobalAveragePool", "c", "g")
            .node("Flatten", "g", "f")
            .node("Gemm", "f,v", "y", "transB", 1)
            .write(folder.resolve("one.onnx"), "y");
    Model torch = Model.onnx("m", file);
    assertTrue(torch.notices().toString().contains("a regression cannot be explained"));
    assertEquals(torch.notices(), torch.withEngine(Engine.ONNX_RUNTIME).notices());
  }

  /** Of a file that the importer cannot read, the pooling shows the order of dimensions. */
  @Test
  void thePoolingShowsWhichDimensionsAreHeightAndWidth() throws IOException {
    Path file =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .floats("d", new int[] {2, 2}, 1, 0, 0, 1)
            .node("Conv", "x,w", "c")
            .node("Det", "d", "e")
            .node("Mul", "c,e", "m")
            .node("Transpose", "m", "t", "perm", new int[] {0, 2, 3, 1})
            .node("ReduceMean", "t", "p", "axes", new int[] {1, 2}, "keepdims", 0)
            .node("MatMul", "p,d", "y")
            .write(folder.resolve("pooled.onnx"), "y");
    assertThrows(OnnxException.class, () -> Model.onnx("m", file).open());
    try (OrtNetwork network = open(file)) {
      var activations = network.target(input(14, 1)).activations();
      assertEquals(2, activations.channels());
      assertEquals(14, activations.height());
      assertEquals(14, activations.width());
    }
  }

  /** Det cannot be translated. */
  @Test
  void aTaskThatNothingShowsIsAskedFor() throws IOException {
    OnnxModels network =
        OnnxModels.of(18, 14)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .floats("d", new int[] {2, 2}, 1, 0, 0, 1)
            .node("GlobalAveragePool", "x", "p")
            .node("Conv", "p,w", "c")
            .node("Flatten", "c", "f")
            .node("Mish", "f", "m")
            .node("Det", "d", "e")
            .node("Mul", "m,e", "g");
    Path classifier = network.node("MatMul", "g,d", "h").write(folder.resolve("h.onnx"), "h");
    Path labels = network.node("Sigmoid", "h", "s").write(folder.resolve("s.onnx"), "s");
    Path unclear = network.write(folder.resolve("g.onnx"), "g");
    assertThrows(OnnxException.class, () -> Model.onnx("m", classifier).open());
    assertEquals(
        2,
        OrtTrial.of(
                Model.onnx("m", classifier).withEngine(Engine.ONNX_RUNTIME), MapMethod.OCCLUSION)
            .classes());
    InputDescription said = InputDescription.parse("{\"task\": \"classification\"}");
    for (Path file : List.of(labels, unclear)) {
      Model model = Model.onnx("m", file).withEngine(Engine.ONNX_RUNTIME);
      Throwable refused = assertThrows(OnnxException.class, model::info);
      assertTrue(refused.getMessage().contains("--task classification"), refused.getMessage());
      Model described = Model.onnx("m", file, said).withEngine(Engine.ONNX_RUNTIME);
      assertEquals(2, OrtTrial.of(described, MapMethod.OCCLUSION).classes());
    }
  }

  /** The file's tensor has another order than the importer's node, which has its channels first. */
  @Test
  void aTargetMayHaveItsChannelsLastOrTokens() throws IOException {
    OnnxModels network =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .node("Conv", "x,w", "c");
    Path last =
        network
            .node("Transpose", "c", "t", "perm", new int[] {0, 2, 3, 1})
            .node("Relu", "t", "r")
            .node("ReduceMean", "r", "f", "axes", new int[] {1, 2}, "keepdims", 0)
            .write(folder.resolve("last.onnx"), "f");
    Path tokens = OnnxModels.tokens(folder.resolve("tokens.onnx"));
    Path first = OnnxModels.channelsFirst(folder.resolve("first.onnx"));
    byte[] pixels = new byte[3 * 14 * 14];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * i % 251);
    }
    RgbImage image = new RgbImage(14, 14, pixels);
    for (MapMethod method :
        List.of(MapMethod.EIGENCAM, MapMethod.SCORECAM, MapMethod.ABLATIONCAM)) {
      float[] expected = map(first, method, image);
      assertTrue(expected[0] != expected[20], method.id());
      assertArrayEquals(expected, map(last, method, image), 1e-4f, method.id());
      assertArrayEquals(expected, map(tokens, method, image), 1e-4f, method.id());
    }
  }

  private static float[] map(Path file, MapMethod method, RgbImage image) throws IOException {
    Preprocessing small = Preprocessing.IMAGENET.with(new Squash(14, 14));
    Model model =
        Model.onnx("m", file)
            .withEngine(Engine.ONNX_RUNTIME)
            .withPreprocessing(small)
            .withTargetLayer("r");
    OrtPrecision spec = new OrtPrecision("m", model, method, small, "r", "f32", 0, 1);
    try (Explainer explainer = spec.open()) {
      var input = new Explainer.Input("i", image, OptionalInt.of(0));
      Explanation e = explainer.explain(List.of(input)).get(0).get(0);
      assertEquals(14, e.cam().height());
      return e.cam().values();
    }
  }

  @Test
  void aTargetWithoutHeightAndWidthIsRefused() throws IOException {
    Path file =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .node("Conv", "x,w", "c")
            .node("Transpose", "c", "t", "perm", new int[] {0, 1, 3, 2})
            .node("Relu", "t", "r")
            .node("ReduceMean", "r", "f", "axes", new int[] {2, 3}, "keepdims", 0)
            .write(folder.resolve("turned.onnx"), "f");
    Model model = Model.onnx("m", file).withEngine(Engine.ONNX_RUNTIME);
    assertEquals(
        14,
        OrtTrial.of(model.withTargetLayer("c"), MapMethod.EIGENCAM).size().orElseThrow().height());
    Throwable refused =
        assertThrows(
            OnnxException.class, () -> OrtTrial.of(model.withTargetLayer("r"), MapMethod.EIGENCAM));
    assertTrue(refused.getMessage().contains("'r' is no image"), refused.getMessage());
  }

  /** A file that leaves its size open has the size that the preprocessing makes. */
  @Test
  void theSizeIsThatOfTheChosenPreprocessing() throws IOException {
    Path file =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
            .node("Conv", "x,w", "c")
            .node("GlobalAveragePool", "c", "g")
            .node("Flatten", "g", "f")
            .write(folder.resolve("open.onnx"), "f");
    ModelProto.Builder open = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    for (TensorShapeProto.Dimension.Builder size :
        open.getGraphBuilder()
            .getInputBuilder(0)
            .getTypeBuilder()
            .getTensorTypeBuilder()
            .getShapeBuilder()
            .getDimBuilderList()
            .subList(2, 4)) {
      size.setDimParam("side");
    }
    Files.write(file, open.build().toByteArray());
    Preprocessing small = Preprocessing.IMAGENET.with(new Squash(32, 32));
    Model model = Model.onnx("m", file).withEngine(Engine.ONNX_RUNTIME).withPreprocessing(small);
    OrtTrial trial = OrtTrial.of(model.withTargetLayer("c"), MapMethod.EIGENCAM);
    assertEquals(32, trial.size().orElseThrow().height());
    OrtPrecision spec = new OrtPrecision("m", model, MapMethod.OCCLUSION, small, "", "f32", 0, 1);
    try (Explainer explainer = spec.open()) {
      assertEquals(2, explainer.outputs(List.of(input(32, 1))).get(0).length);
    }
  }

  @Test
  void tensorsInOtherFilesFollowOurRules() throws Exception {
    DeployedFile good =
        DeployedFile.read(report("18-external/model.onnx"), InputDescription.DEFAULT);
    assertEquals(2, good.files().size());
    try (OrtNetwork network = OrtNetwork.of(good, true, "")) {
      assertTrue(network.outputs(List.of(input(side(network), 0))).get(0).length > 1);
    }
    for (String name : List.of("data-absent", "data-lfs-pointer", "data-short")) {
      Path file = report("18-external/" + name + "/model.onnx");
      assertThrows(
          OnnxException.class, () -> DeployedFile.read(file, InputDescription.DEFAULT), name);
    }
  }

  /** Hostile files end in an exception of ours, or of ONNX Runtime, or run. */
  @Test
  void hostileFilesAreRefusedAndOddOnesWork() throws IOException {
    JsonNode all =
        Golden.json(Files.readAllBytes(Shared.file("onnx/hostile/hostile.json"))).get("files");
    List<String> ran = new ArrayList<>();
    for (var files = all.fields(); files.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = files.next();
      Path file = Shared.file("onnx/hostile/" + entry.getKey());
      try (OrtNetwork network = open(file)) {
        network.outputs(List.of(new float[3 * side(network) * side(network)]));
        ran.add(entry.getKey());
      } catch (OnnxException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertFalse(entry.getValue().get("valid").asBoolean(), e.getMessage());
      } catch (IllegalStateException e) {
        assertFalse(entry.getValue().get("valid").asBoolean(), e.getMessage());
      }
    }
    for (var files = all.fields(); files.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = files.next();
      assertTrue(
          !entry.getValue().get("valid").asBoolean() || ran.contains(entry.getKey()),
          entry.getKey() + " did not run");
    }
    assertTrue(ran.size() < all.size() - 15, ran.toString());
  }

  @Test
  void damagedFilesAreRefusedOrRun() throws IOException {
    byte[] good = Files.readAllBytes(Shared.file("onnx/hostile/ok_tiny.onnx"));
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      byte[] bad = good.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      Path file = Files.write(folder.resolve("bad.onnx"), bad);
      try (OrtNetwork network = open(file)) {
        network.outputs(List.of(new float[3 * side(network) * side(network)]));
      } catch (OnnxException | IllegalStateException e) {
        refused++;
      }
    }
    assertTrue(refused > 10, refused + " refused");
  }
}
