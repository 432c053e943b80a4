package org.bitgaze.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.OpenModel;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.DropoutStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Imported networks against ONNX Runtime's logits and PyTorch's maps. Float: relative 1e-4.
 * Quantized: a value on the edge of two steps falls either way, so logits within 5 steps, maps
 * within relative 0.1 and correlation 0.995.
 */
class OnnxGoldenTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @NeedsShared("onnx/squeezenet1_1.onnx")
  @ValueSource(
      strings = {
        "mobilenet_v3_small",
        "resnet18_narrow",
        "shufflenet_v2_x0_5",
        "shufflenet_v2_x0_5_dynamic",
        "squeezenet1_1",
        "squeezenet1_1_qdq_per_channel",
        "squeezenet1_1_qdq_per_tensor"
      })
  void networksAgree(String name) throws IOException {
    if (name.contains("qdq")) {
      check(name, ClippedLogits.PASS, "cam.last.unclipped", 5 * 0.154, 0.1);
      check(name, ClippedLogits.STRICT, "cam.last", 5 * 0.154, 0.1);
    } else {
      boolean two = name.equals("squeezenet1_1");
      check(name, ClippedLogits.PASS, two ? "cam.last" : "cam", 1e-4, 1e-4);
    }
  }

  /**
   * A float network and its quantized form. Both files end in a Sigmoid, which is taken off, for
   * the reference explains the logit that enters it.
   */
  @ParameterizedTest
  @CsvSource({
    "f32, multilabel.onnx, /fc/Gemm_output_0, 1e-5, 1e-4",
    "qdq, multilabel_qdq.onnx, /fc/Gemm_output_0_DequantizeLinear_Output, 0.05, 0.1"
  })
  void logitsAndMapsOfOneModelAgree(
      String kind, String name, String logits, double closeLogits, double tolerance)
      throws IOException {
    OnnxMl.ModelProto.Builder model =
        OnnxMl.ModelProto.parseFrom(Files.readAllBytes(Shared.file("tasks/" + name))).toBuilder();
    model.getGraphBuilder().getOutputBuilder(0).setName(logits);
    Path file = Files.write(folder.resolve(name), model.build().toByteArray());
    RawTensors golden = RawTensors.of(Shared.file("tasks/multilabel.golden.safetensors"));
    JsonNode picture =
        Golden.json(Files.readAllBytes(Shared.file("tasks/multilabel.golden.json")))
            .get("pictures")
            .get(0);
    byte[] seen = new byte[160 * 160 * 3];
    golden.bytes("seen").get(seen);
    List<RgbImage> image = List.of(new RgbImage(160, 160, seen));
    for (ClippedLogits mode : ClippedLogits.values()) {
      Explanation found = run(file, mode, image, new int[] {CamProgram.OWN_CLASS}).get(0);
      assertEquals(picture.get("explained").asInt(), found.explained());
      for (int i = 0; i < 4; i++) {
        double expected = picture.get(kind).get("logits").get(i).asDouble();
        assertEquals(expected, found.logits()[i], closeLogits);
      }
      boolean unclipped = kind.equals("qdq") && mode == ClippedLogits.PASS;
      float[] map =
          Arrays.copyOf(golden.floats(kind + ".cam" + (unclipped ? ".unclipped" : "")), 25);
      assertTrue(Golden.error(found.cam().values(), map, Golden.largest(map)) < tolerance);
      assertTrue(Golden.correlation(found.cam().values(), map) > 0.995);
    }
  }

  private void check(String name, ClippedLogits mode, String map, double close, double closeMap)
      throws IOException {
    RawTensors golden = RawTensors.of(Shared.file("onnx/" + name + ".golden.safetensors"));
    boolean quantized = name.contains("qdq");
    int[] classes = golden.ints("class");
    List<Explanation> found =
        run(Shared.file("onnx/" + name + ".onnx"), mode, photographs(), classes);
    for (int i = 0; i < classes.length; i++) {
      float[] logits = Golden.part(golden.floats("logits"), i, 4);
      float[] cam = Golden.part(golden.floats(map), i, 4);
      double e =
          Golden.error(found.get(i).logits(), logits, quantized ? 1 : Golden.largest(logits));
      double most = Golden.largest(cam);
      double m = Golden.error(found.get(i).cam().values(), cam, most == 0 ? 1 : most);
      if (quantized) {
        assertTrue(Golden.correlation(found.get(i).logits(), logits) >= 0.997);
        assertTrue(most == 0 || Golden.correlation(found.get(i).cam().values(), cam) >= 0.995);
      }
      assertEquals(0, e, close);
      assertEquals(0, m, most == 0 ? 0 : closeMap);
      assertEquals(quantized && i == 1, found.get(i).clipped());
    }
  }

  @Test
  void hostileFilesAreRefusedAndOddOnesWork() throws IOException {
    JsonNode all =
        Golden.json(Files.readAllBytes(Shared.file("onnx/hostile/hostile.json"))).get("files");
    RawTensors golden = RawTensors.of(Shared.file("onnx/hostile/ok.golden.safetensors"));
    List<String> wrong = new ArrayList<>();
    for (var files = all.fields(); files.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = files.next();
      String name = entry.getKey();
      Path file = Shared.file("onnx/hostile/" + name);
      if (!entry.getValue().get("valid").asBoolean()) {
        try {
          OnnxNetwork.read(file, InputDescription.DEFAULT, ClippedLogits.PASS);
          wrong.add(name + " was read");
        } catch (OnnxException e) {
          assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        }
        continue;
      }
      List<Explanation> found =
          run(file, ClippedLogits.PASS, photographs(), new int[photographs().size()]);
      String key = name.replace(".onnx", "");
      float[] logits = golden.floats(key);
      for (int i = 0; i < found.size(); i++) {
        float[] expected = Golden.part(logits, i, found.size());
        assertEquals(
            0, Golden.error(found.get(i).logits(), expected, Golden.largest(expected)), 1e-4, name);
      }
    }
    assertTrue(wrong.isEmpty(), wrong.toString());
    assertThrows(
        IOException.class,
        () ->
            OnnxNetwork.read(folder.resolve("none"), InputDescription.DEFAULT, ClippedLogits.PASS));
  }

  private List<Explanation> run(Path file, ClippedLogits mode, List<RgbImage> images, int[] classes)
      throws IOException {
    OnnxNetwork onnx = OnnxNetwork.read(file, InputDescription.DEFAULT, mode);
    OpenModel model =
        new OpenModel(
            onnx.network(), onnx.preprocessing(), onnx.targetLayer(), Execution.DEPLOYMENT);
    Path program = folder.resolve("program.pt");
    CamProgram.compile(
        model, Quantization.NONE, MapMethod.GRADCAM_PLUS_PLUS, Arithmetic.SIMULATED, program);
    try (CamProgram cam = new CamProgram(program, DropoutStreams.NONE)) {
      return cam.run(images, classes);
    }
  }

  private static List<RgbImage> photographs() throws IOException {
    return Golden.images("crops.safetensors", "crops");
  }
}
