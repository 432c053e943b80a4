package org.bitgaze.ort;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.torch.ForwardPrecision;
import org.bitgaze.torch.ProgramKey;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Deployed files against ONNX Runtime for Python 1.30 on a processor with VNNI.
 *
 * <p>Tolerances. Float and half precision: 1e-4 and 1e-3 of the largest value. Integer kernels
 * requantize in float32, so a value on the edge of two steps may fall either way: maps are held by
 * their correlation. Measured with ONNX Runtime 1.22 for Java: all values of the float, dynamic and
 * static files are equal to the bit; half precision differs by 1.3e-4 at most.
 */
class DeployedGoldenTest {

  @ParameterizedTest
  @CsvSource({
    "squeezenet1_1.float, eigencam scorecam ablationcam",
    "squeezenet1_1.fp16, eigencam",
    "squeezenet1_1.dynamic, eigencam occlusion",
    "squeezenet1_1.qoperator, eigencam occlusion",
    "squeezenet1_1.qdq_per_channel, eigencam scorecam",
    "squeezenet1_1.qdq_per_tensor, eigencam",
    "mobilenet_v2.qdq_s8, eigencam ablationcam",
  })
  @NeedsShared("deployed/maps.safetensors")
  void agrees(String name, String methods) throws IOException {
    agrees(name, List.of(methods.split(" ")), 0);
  }

  private static final List<String> METHODS =
      List.of("eigencam", "scorecam", "ablationcam", "occlusion", "rise", "rise.coverage");

  /** All methods on all four photographs. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "squeezenet1_1.float",
        "squeezenet1_1.fp16",
        "squeezenet1_1.dynamic",
        "squeezenet1_1.qoperator",
        "squeezenet1_1.qdq_per_channel",
        "squeezenet1_1.qdq_per_tensor",
        "mobilenet_v2.qdq_s8"
      })
  @NeedsShared("deployed/maps.safetensors")
  @Tag("long")
  void everyMapAgrees(String name) throws IOException {
    for (int photograph = 0; photograph < 4; photograph++) {
      agrees(name, METHODS, photograph);
    }
  }

  /** The network of the zoo in libtorch: no float file of it is at hand. */
  @Test
  @NeedsShared("deployed/maps.safetensors")
  @Tag("long")
  void everyMapOfTheZoosNetworkAgrees() throws IOException {
    JsonNode file =
        Golden.json(Files.readAllBytes(Shared.file("deployed/maps.json")))
            .at("/files/mobilenet_v2.float");
    RawTensors golden = RawTensors.of(Shared.file("deployed/maps.safetensors"));
    Model model =
        Model.zoo("mobilenet_v2")
            .withWeights(
                new Weights.File(Shared.file("weights/mobilenet_v2.safetensors").toString(), ""));
    for (String id : METHODS) {
      ProgramKey key = new ProgramKey(model, Quantization.NONE, MapMethod.of(id));
      ForwardPrecision spec =
          new ForwardPrecision(
              "m", key, Preprocessing.IMAGENET, Objective.CLASSIFICATION, "f32", 0, 4, 1);
      try (Explainer explainer = spec.open()) {
        for (int i = 0; i < 4; i++) {
          RgbImage crop = Golden.images("crops.safetensors", "crops").get(i);
          var explained = OptionalInt.of(file.get("class").get(i).asInt());
          float[] found =
              explainer
                  .explain(List.of(new Explainer.Input("i", crop, explained)))
                  .get(0)
                  .get(0)
                  .cam()
                  .values();
          float[] map = Golden.part(golden.floats("mobilenet_v2.float." + id), i, 4);
          String what = id + " of photograph " + i;
          assertEquals(0, Golden.error(found, map, Golden.largest(map)), 1e-3, what);
        }
      }
    }
  }

  private static void agrees(String name, List<String> methods, int photograph) throws IOException {
    JsonNode file =
        Golden.json(Files.readAllBytes(Shared.file("deployed/maps.json"))).get("files").get(name);
    RawTensors golden = RawTensors.of(Shared.file("deployed/maps.safetensors"));
    boolean real = name.endsWith("float") || name.endsWith("fp16");
    Assumptions.assumeTrue(
        real || hasVnni(), "without VNNI, ONNX Runtime's 8-bit kernels saturate: another network");
    Model model = Model.onnx("m", Shared.file(file.get("file").asText()));
    // Of MobileNetV2's file no target is named: it is found.
    model =
        file.get("target").isNull() ? model : model.withTargetLayer(file.get("target").asText());
    RgbImage crop = Golden.images("crops.safetensors", "crops").get(photograph);
    float[] logits = Golden.part(golden.floats(name + ".logits"), photograph, 4);
    for (String id : methods) {
      MapMethod method = MapMethod.of(id);
      String target =
          file.get("target").isNull()
              ? DeployedFile.read(Path.of(model.location()), model.input()).target().orElseThrow()
              : file.get("target").asText();
      OrtPrecision spec =
          new OrtPrecision("m", model, method, Preprocessing.IMAGENET, target, "f32", 0, 1);
      try (Explainer explainer = spec.open()) {
        var explained = OptionalInt.of(file.get("class").get(photograph).asInt());
        Explanation e =
            explainer.explain(List.of(new Explainer.Input("i", crop, explained))).get(0).get(0);
        float[] map = Golden.part(golden.floats(name + "." + id), photograph, 4);
        String what = name + " " + id + " of photograph " + photograph;
        double close = name.endsWith("fp16") ? 1e-3 : 1e-4;
        if (real) {
          assertEquals(0, Golden.error(e.logits(), logits, Golden.largest(logits)), close, what);
          assertEquals(0, Golden.error(e.cam().values(), map, Golden.largest(map)), close, what);
        } else {
          assertEquals(file.get("own").get(photograph).asInt(), e.topClass(), what);
          // Two steps are at most 0.32.
          assertEquals(0, Golden.error(e.logits(), logits, 1), 0.33, what);
          if (Golden.largest(map) == 0) {
            // The explained logit lies beyond its range: no channel moves it.
            assertEquals(0, Golden.largest(e.cam().values()), what);
            continue;
          }
          double least = method == MapMethod.ABLATIONCAM ? 0.9 : 0.99;
          double found = Golden.correlation(e.cam().values(), map);
          assertTrue(found >= least, what + ": " + found);
        }
      }
    }
    theCutFusesNoOtherKernels(model, file, crop, photograph);
  }

  /** The back, fed with the front's tensor, gives the whole file's outputs to the bit. */
  private static void theCutFusesNoOtherKernels(
      Model model, JsonNode json, RgbImage crop, int photograph) throws IOException {
    DeployedFile file = DeployedFile.read(Path.of(model.location()), model.input());
    String target =
        json.get("target").isNull() ? file.target().orElseThrow() : json.get("target").asText();
    float[] input = Preprocessing.IMAGENET.normalization().normalize(crop);
    try (OrtNetwork network = OrtNetwork.of(file, true, target)) {
      float[] whole = network.outputs(List.of(input)).get(0);
      float[] cut = network.target(input).outputsWithout(new int[] {-1}).get(0);
      int explained = json.get("class").get(photograph).asInt();
      assertEquals(whole[explained], cut[explained]);
      // On a CPU without float16 kernels, ONNX Runtime computes in float32, and rounds at the cut.
      assertArrayEquals(whole, cut, file.path().toString().contains("fp16") ? 0.02f : 0f);
      if (json.has("ablation_S0") && hasVnni()) {
        double expected = json.get("ablation_S0").get(photograph).asDouble();
        assertEquals(expected, cut[json.get("class").get(photograph).asInt()], 0.33);
      }
    }
  }

  private static boolean hasVnni() throws IOException {
    boolean arm = System.getProperty("os.arch").toLowerCase(Locale.ROOT).contains("aarch64");
    Path processor = Path.of("/proc/cpuinfo");
    return arm || (Files.exists(processor) && Files.readString(processor).contains("vnni"));
  }
}
