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
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    RgbImage crop = Golden.images("crops.safetensors", "crops").get(0);
    float[] logits = Golden.part(golden.floats(name + ".logits"), 0, 4);
    for (String id : methods.split(" ")) {
      MapMethod method = MapMethod.of(id);
      String target =
          file.get("target").isNull()
              ? DeployedFile.read(Path.of(model.location()), model.input()).target().orElseThrow()
              : file.get("target").asText();
      OrtPrecision spec =
          new OrtPrecision("m", model, method, Preprocessing.IMAGENET, target, "f32", 0, 1);
      try (Explainer explainer = spec.open()) {
        var explained = OptionalInt.of(file.get("class").get(0).asInt());
        Explanation e =
            explainer.explain(List.of(new Explainer.Input("i", crop, explained))).get(0).get(0);
        float[] map = Golden.part(golden.floats(name + "." + id), 0, 4);
        String what = name + " " + id;
        double close = name.endsWith("fp16") ? 1e-3 : 1e-4;
        if (real) {
          assertEquals(0, Golden.error(e.logits(), logits, Golden.largest(logits)), close, what);
          assertEquals(0, Golden.error(e.cam().values(), map, Golden.largest(map)), close, what);
        } else {
          assertEquals(file.get("own").get(0).asInt(), e.topClass(), what);
          // Two steps are at most 0.32.
          assertEquals(0, Golden.error(e.logits(), logits, 1), 0.33, what);
          double least = method == MapMethod.ABLATIONCAM ? 0.9 : 0.99;
          double found = Golden.correlation(e.cam().values(), map);
          assertTrue(found >= least, what + ": " + found);
        }
      }
    }
    theCutFusesNoOtherKernels(model, file, crop);
  }

  /** The back, fed with the front's tensor, gives the whole file's outputs to the bit. */
  private static void theCutFusesNoOtherKernels(Model model, JsonNode json, RgbImage crop)
      throws IOException {
    DeployedFile file = DeployedFile.read(Path.of(model.location()), model.input());
    String target =
        json.get("target").isNull() ? file.target().orElseThrow() : json.get("target").asText();
    float[] input = Preprocessing.IMAGENET.normalization().normalize(crop);
    try (OrtNetwork network = OrtNetwork.of(file, true, target)) {
      float[] whole = network.outputs(List.of(input)).get(0);
      float[] cut = network.target(input).outputsWithout(new int[] {-1}).get(0);
      int explained = json.get("class").get(0).asInt();
      assertEquals(whole[explained], cut[explained]);
      // On a CPU without float16 kernels, ONNX Runtime computes in float32, and rounds at the cut.
      assertArrayEquals(whole, cut, file.path().toString().contains("fp16") ? 0.02f : 0f);
      if (json.has("ablation_S0") && hasVnni()) {
        double expected = json.get("ablation_S0").get(0).asDouble();
        assertEquals(expected, cut[json.get("class").get(0).asInt()], 0.33);
      }
    }
  }

  private static boolean hasVnni() throws IOException {
    boolean arm = System.getProperty("os.arch").toLowerCase(Locale.ROOT).contains("aarch64");
    Path processor = Path.of("/proc/cpuinfo");
    return arm || (Files.exists(processor) && Files.readString(processor).contains("vnni"));
  }
}
