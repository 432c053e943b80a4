package org.bitgaze.ort;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Deployed files against ONNX Runtime for Python 1.30 on a processor with VNNI.
 *
 * <p>Tolerances. Float and half precision: 1e-4 of the largest value. Integer kernels requantize in
 * float32, so a value on the edge of two steps may fall either way: logits within 2 steps, and maps
 * by their correlation.
 */
class DeployedGoldenTest {
  private static final String TARGET = "/features/features.12/Concat_output_0";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "squeezenet1_1.float",
        "squeezenet1_1.fp16",
        "squeezenet1_1.dynamic",
        "squeezenet1_1.qoperator",
        "squeezenet1_1.qdq_per_channel",
        "squeezenet1_1.qdq_per_tensor",
        "mobilenet_v2.qdq_s8",
      })
  @NeedsShared("deployed/maps.safetensors")
  void agrees(String name) throws IOException {
    JsonNode file =
        Golden.json(Files.readAllBytes(Shared.file("deployed/maps.json"))).get("files").get(name);
    RawTensors golden = RawTensors.of(Shared.file("deployed/maps.safetensors"));
    List<String> lines = new ArrayList<>();
    for (MapMethod method :
        List.of(
            MapMethod.OCCLUSION,
            MapMethod.RISE,
            MapMethod.RISE_COVERAGE,
            MapMethod.EIGENCAM,
            MapMethod.SCORECAM,
            MapMethod.ABLATIONCAM)) {
      OrtPrecision spec =
          new OrtPrecision(
              "m",
              Model.onnx("m", Shared.file(file.get("file").asText())),
              method,
              Preprocessing.IMAGENET,
              file.get("target").asText(),
              "f32",
              0,
              1,
              true);
      try (Explainer explainer = spec.open()) {
        List<RgbImage> crops = Golden.images("crops.safetensors", "crops");
        for (int i = 0; i < Integer.getInteger("bitgaze.photographs", 1); i++) {
          OptionalInt target = OptionalInt.of(file.get("class").get(i).asInt());
          Explanation e =
              explainer
                  .explain(List.of(new Explainer.Input("i", crops.get(i), target)))
                  .get(0)
                  .get(0);
          float[] map = Golden.part(golden.floats(name + "." + method.id()), i, 4);
          float[] logits = Golden.part(golden.floats(name + ".logits"), i, 4);
          lines.add(
              "%s %s %d: logits %.3g map %.3g cc %.6f"
                  .formatted(
                      name,
                      method.id(),
                      i,
                      Golden.error(e.logits(), logits, Golden.largest(logits)),
                      Golden.error(e.cam().values(), map, Golden.largest(map)),
                      Golden.correlation(e.cam().values(), map)));
        }
      }
    }
    lines.forEach(System.out::println);
  }
}
