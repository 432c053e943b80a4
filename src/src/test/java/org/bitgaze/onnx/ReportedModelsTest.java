package org.bitgaze.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.torch.runtime.TorchEngine;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Small files as people export them. {@code golden.json} holds the output of ONNX Runtime 1.20 for
 * an image that is a formula, after ImageNet's normalization, or the reason of a refusal. Where
 * ONNX Runtime 1.20 cannot read a file (operator sets 22 and 23, and 10 with Gemm of two inputs) or
 * computes another result (AveragePool with ceil_mode), the value is this importer's own: it only
 * notices changes.
 */
class ReportedModelsTest {
  /** Relative to the largest output; files that compute in float16 are rounded there. */
  private static final double CLOSE = 1e-5;

  private static final double CLOSE_HALF = 1e-3;

  private static Path reports;
  private static JsonNode golden;

  @TempDir private Path folder;

  @BeforeAll
  static void findFiles() throws IOException, URISyntaxException {
    reports = Path.of(ReportedModelsTest.class.getResource("reports").toURI());
    golden = new ObjectMapper().readTree(reports.resolve("golden.json").toFile());
  }

  private static OnnxNetwork read(String name) throws IOException {
    Path file = reports.resolve(name);
    OnnxNetwork network = OnnxNetwork.read(file, InputDescription.of(file), ClippedLogits.PASS);
    network.requireFinite();
    return network;
  }

  @Test
  void supportedFilesGiveOnnxRuntimesValues() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (var all = golden.get("values").fields(); all.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = all.next();
      float[] expected = new float[entry.getValue().size()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = (float) entry.getValue().get(i).asDouble();
      }
      OnnxNetwork network = read(entry.getKey());
      float[] found = run(network);
      double error = Math.min(error(found, expected), error(softmax(found), expected));
      boolean half = entry.getKey().contains("fp16");
      if (!(error < (half ? CLOSE_HALF : CLOSE))) {
        wrong.add(entry.getKey() + ": " + error);
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void othersAreRefusedByName() {
    for (var all = golden.get("refused").fields(); all.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = all.next();
      OnnxException e = assertThrows(OnnxException.class, () -> read(entry.getKey()));
      assertTrue(
          e.getMessage().replace('"', '\'').contains(entry.getValue().asText()), e.getMessage());
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  /** The activations of these files are (height, width, channels). */
  @ParameterizedTest
  @CsvSource({"keras_nhwc_target,24,16", "keras_zeropadding,24,16"})
  void targetsHaveTheirChannelsFirst(String name, int channels, int side) throws IOException {
    OnnxNetwork network = read("38-exports/" + name + ".onnx");
    Shapes shapes =
        Shapes.of(network.network().graph(), network.size().height(), network.size().width());
    assertArrayEquals(new int[] {channels, side, side}, shapes.get(network.targetLayer()));
  }

  /** Nodes between the scores and the output. */
  private OnnxNetwork withHead(UnaryOperator<OnnxModels> head) throws IOException {
    OnnxModels scores =
        OnnxModels.of(17, 8)
            .floats("one", new int[0], 1)
            .node("Relu", "x", "r")
            .node("GlobalAveragePool", "r", "p")
            .node("Flatten", "p", "s");
    Path file = head.apply(scores).write(folder.resolve("head.onnx"), "y");
    return OnnxNetwork.read(file, InputDescription.DEFAULT, ClippedLogits.PASS);
  }

  private void assertRefused(String why, UnaryOperator<OnnxModels> head) {
    OnnxException e = assertThrows(OnnxException.class, () -> withHead(head));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void sigmoidsAndNumbersOfClassesAreRefused() {
    assertRefused(
        "multi-label",
        m -> m.node("Sigmoid", "s", "p0").node("Clip", "p0,,one", "p1").node("Mul", "p1,one", "y"));
    assertRefused(
        "multi-label",
        m ->
            m.floats("w", new int[] {3, 1}, 1, 2, 3)
                .node("MatMul", "s,w", "logit")
                .node("Sigmoid", "logit", "yes")
                .node("Sub", "one,yes", "no")
                .node("Concat", "no,yes", "y", "axis", 1));
    assertRefused(
        "one output per image",
        m ->
            m.floats("w", new int[] {3, 1}, 1, 2, 3)
                .node("MatMul", "s,w", "logit")
                .node("Tanh", "logit", "y"));
    assertRefused(
        "the number of a class (ArgMax); export the scores before it, 'q'",
        m ->
            m.node("Softmax", "s", "q")
                .node("ArgMax", "q", "k", "axis", 1)
                .node("Cast", "k", "y", "to", 1));
  }

  @Test
  void whatKeepsTheOrderOfProbabilitiesIsLeftOut() throws IOException {
    OnnxNetwork network =
        withHead(
            m ->
                m.node("Softmax", "s", "q")
                    .node("Mul", "one,q", "a")
                    .node("Cast", "a", "b", "to", 10)
                    .node("Clip", "b", "c")
                    .node("Identity", "c", "y"));
    assertEquals("s", network.network().graph().output().name());
  }

  @Test
  void anOutputIsChosen() throws IOException {
    Path file = reports.resolve("16-several-outputs/logits-and-features.onnx");
    InputDescription logits = InputDescription.DEFAULT.withOutput("logits");
    assertEquals(10, run(OnnxNetwork.read(file, logits, ClippedLogits.PASS)).length);
    OnnxException e =
        assertThrows(
            OnnxException.class,
            () ->
                OnnxNetwork.read(
                    file, InputDescription.DEFAULT.withOutput("none"), ClippedLogits.PASS));
    assertTrue(e.getMessage().contains("'logits', 'f'"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "renamed/mine.onnx | beside it are 'mine.onnx.data': rename",
        "data-absent/model.onnx | 'model.onnx.data', which is not there: copy it beside the model",
        "data-short/model.onnx | has only 500 bytes",
        "data-lfs-pointer/model.onnx | is a Git LFS pointer, not the file itself: run git lfs pull",
        "model-lfs-pointer/model.onnx | is a Git LFS pointer, not the file itself: run git lfs pull"
      })
  void externalDataIsExplained(String name, String why) throws IOException {
    OnnxException e = assertThrows(OnnxException.class, () -> read("18-external/" + name));
    assertTrue(e.getMessage().contains(why), e.getMessage());
    assertEquals(2, read("18-external/model.onnx").files().size());
    assertEquals(2, read("18-external/kept-name/mine.onnx").files().size());
  }

  @Test
  void sizesThatAreNotFixedAreDescribed() throws IOException {
    Path file =
        Files.copy(
            reports.resolve("17-not-square/nchw-all-unknown.onnx"), folder.resolve("mine.onnx"));
    Files.writeString(folder.resolve("mine.json"), "{\"layout\": \"nchw\", \"size\": \"64x64\"}");
    OnnxNetwork network = OnnxNetwork.read(file, InputDescription.of(file), ClippedLogits.PASS);
    assertEquals(64, network.size().height());
    assertEquals(64, network.preprocessing().framing().height());
  }

  @Test
  void inspectionListsAllUnsupportedOperators() throws IOException {
    Path file = reports.resolve("90-onnx-battery/lppool.onnx");
    Inspection found = Inspection.of(file, InputDescription.DEFAULT);
    assertEquals(Map.of("LpPool", 1), found.unsupported());
  }

  private float[] run(OnnxNetwork onnx) throws IOException {
    int side = onnx.size().height();
    ProgramText text = ProgramText.ofAttributes(onnx.network().graph(), Size.of(side));
    InputText.of(onnx.preprocessing().normalization()).write(text);
    text.write(text.graph().names(), ProgramText.Use.OVERWRITTEN);
    text.add("return torch.contiguous(" + text.variable(text.graph().output().name()) + ")");
    Path file = folder.resolve("program.pt");
    TorchScriptArchive.write(file, text, onnx.network(), "images: Tensor) -> Tensor");
    try (Model model = TorchEngine.load(file);
        NDManager manager = model.getNDManager().newSubManager()) {
      NDList in = new NDList(Batches.toArray(manager, List.of(image(side))));
      return TorchEngine.run(model, in, 1).get(0).toFloatArray();
    }
  }

  private static RgbImage image(int side) {
    byte[] pixels = new byte[side * side * 3];
    for (int i = 0; i < pixels.length; i++) {
      int c = i % 3;
      int x = i / 3 % side;
      int y = i / 3 / side;
      int wave = (int) (127 + 80 * StrictMath.sin(x * .07 * (c + 1) + y * .05));
      pixels[i] = (byte) (wave + (x * 31 + y * 17 + c * 5) % 41 - 20);
    }
    return new RgbImage(side, side, pixels);
  }

  private static double error(float[] found, float[] expected) {
    assertEquals(expected.length, found.length);
    double largest = 1e-6;
    double error = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      error = Math.max(error, Math.abs(found[i] - expected[i]));
    }
    return error / largest;
  }

  /** Where a file ends with a softmax, or its logarithm, the network ends before it. */
  private static float[] softmax(float[] logits) {
    double[] powers = new double[logits.length];
    double largest = 0;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double shift = largest;
    Arrays.setAll(powers, i -> Math.exp(logits[i] - shift));
    double sum = Arrays.stream(powers).sum();
    float[] out = new float[logits.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (powers[i] / sum);
    }
    return out;
  }
}
