package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.GlobalAttention;
import org.bitgaze.network.Mode;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transformers and modern CNNs of ONNX files: targets, quantization points, maps.
 *
 * <p>Tolerances. f32: relative 1e-4; Grad-CAM++ of tokens 5e-3, because its alpha has a pole where
 * activations are negative. Simulated int8: a value on the edge of two steps may fall either way:
 * correlation 0.985 of logits and 0.95 of Grad-CAM, LayerCAM and HiResCAM (in float64 instead of
 * float32 the same file falls to 0.96 of itself), 0.99 of rollouts. Files that hold their
 * quantization: the same correlations.
 */
class OnnxTransformerTest {
  private static final double LOGITS = 0.985;
  private static final double MAPS = 0.95;
  private static final double ROLLOUTS = 0.99;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convnext.ts17",
        "deit_distilled.ts17",
        "mobilevit.ts17",
        "poolformer.dynamo",
        "swin.dynamo",
        "tv_convnext.dynamo",
        "tv_convnext.ts17",
        "tv_swin.dynamo",
        "tv_swin.ts17",
        "tv_vit_cls.dynamo",
        "tv_vit_cls.ts17",
        "vit_avg.dynamo",
        "vit_cls.dynamo",
        "vit_cls.ts14"
      })
  @NeedsShared("transformers/vit_cls.dynamo.onnx")
  void floatFilesAgree(String name) throws IOException {
    RawTensors golden = golden(name);
    JsonNode json = json(name);
    try (OpenModel model = open(name)) {
      checkTarget(model, json);
      for (MapMethod method : List.of(MapMethod.GRADCAM_PLUS_PLUS, MapMethod.HIRESCAM)) {
        check(model, Quantization.NONE, method, "", golden);
      }
      checkRollouts(model, json, golden);
      Quantization int8 = calibrated(model, json);
      check(model, int8, MapMethod.GRADCAM, "int8.", golden);
      if (golden.header().has("int8.gradient-rollout")) {
        check(model, int8, MapMethod.GRADIENT_ROLLOUT, "int8.", golden);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convnext.ts17_qdq_per_channel",
        "convnext.ts17_qdq_per_tensor",
        "deit_distilled.ts17_qdq_per_channel",
        "tv_swin.ts17_qdq_per_channel",
        "tv_swin.ts17_qdq_per_tensor",
        "vit_cls.dynamo_qdq_per_channel",
        "vit_cls.dynamo_qdq_per_tensor"
      })
  @NeedsShared("transformers/vit_cls.dynamo.onnx")
  void quantizedFilesAgree(String name) throws IOException {
    RawTensors golden = golden(name);
    JsonNode json = json(name);
    try (OpenModel model = open(name)) {
      checkTarget(model, json);
      check(model, Quantization.NONE, MapMethod.LAYERCAM, "", golden);
      checkRollouts(model, json, golden);
    }
  }

  private static OpenModel open(String name) throws IOException {
    return Model.onnx("mine", Shared.file("transformers/" + name + ".onnx")).open();
  }

  private static RawTensors golden(String name) throws IOException {
    return RawTensors.of(Shared.file("transformers/" + name + ".golden.safetensors"));
  }

  private static JsonNode json(String name) throws IOException {
    return Golden.json(Files.readAllBytes(Shared.file("transformers/" + name + ".golden.json")));
  }

  /** Where the file has a Transpose before a mean, the tensor before it is the same target. */
  private static void checkTarget(OpenModel model, JsonNode json) {
    JsonNode target = json.get("target");
    TargetView view = model.targetView();
    assertEquals(target.get("prefix_tokens").asInt(), view.prefix());
    assertEquals(target.get("grid").get(0).asInt(), view.height());
    assertEquals(target.get("grid").get(1).asInt(), view.width());
    assertEquals(target.get("layout").asText().equals("NTC"), view.isOfTokens());
    String tensor = target.get("tensor").asText();
    boolean transposed = target.get("producer").asText().equals("Transpose");
    assertTrue(transposed || model.targetNode().equals(tensor), model.targetNode());
    boolean attention = json.get("attention") != null && !json.get("attention").isNull();
    assertTrue(!view.isOfTokens() || attention);
    assertEquals(
        view.isOfTokens() ? MapMethod.GRADCAM : model.defaultMethod(), model.defaultMethod());
  }

  private static void checkRollouts(OpenModel model, JsonNode json, RawTensors golden)
      throws IOException {
    if (golden.header().has("gradient-rollout")) {
      check(model, Quantization.NONE, MapMethod.ATTENTION_ROLLOUT, "", golden);
      check(model, Quantization.NONE, MapMethod.GRADIENT_ROLLOUT, "", golden);
      return;
    }
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> GlobalAttention.of(model.network().graph(), model.targetView(), Size.of(224)));
    assertTrue(
        e.getMessage().contains("has no attention")
            || e.getMessage().contains("Softmax")
            || e.getMessage().contains("softmax"),
        e.getMessage());
  }

  /** The points have the file's names and ranges, and as many weights are quantized. */
  private static Quantization calibrated(OpenModel model, JsonNode json) throws IOException {
    Observations all = new Observations();
    try (ObserverProgram program = ObserverProgram.of(model)) {
      program.run(Golden.images("crops.safetensors", "calibration")).forEach(all::add);
    }
    var found = all.ranges(RangeMode.MINMAX);
    Map<String, Range> expected = new TreeMap<>();
    json.get("points")
        .fields()
        .forEachRemaining(
            f ->
                expected.put(
                    f.getKey(),
                    new Range(f.getValue().get(1).asDouble(), f.getValue().get(2).asDouble())));
    assertEquals(expected.keySet(), found.points().keySet());
    expected.forEach(
        (point, range) -> {
          double tolerance = 1e-4 * (range.max() - range.min());
          assertEquals(range.min(), found.points().get(point).min(), tolerance, point);
          assertEquals(range.max(), found.points().get(point).max(), tolerance, point);
        });
    Quantization int8 = new Quantization.Static(Precision.of("int8"), found);
    assertEquals(
        json.get("linear").size(),
        int8.apply(model.network().apply(Mode.EVAL), ActivationScheme.DEPLOYMENT)
            .precisions()
            .size());
    return int8;
  }

  private static void check(
      OpenModel model, Quantization quantization, MapMethod method, String mode, RawTensors golden)
      throws IOException {
    boolean exact = quantization.equals(Quantization.NONE);
    boolean simulated = golden.header().has("logits.fake_quantize");
    String key = mode + (method == MapMethod.GRADCAM_PLUS_PLUS ? "cam" : method.id());
    int[] classes = golden.ints("class");
    List<RgbImage> crops = Golden.images("crops.safetensors", "crops");
    try (CamProgram program = CamProgram.of(model, quantization, method, Arithmetic.SIMULATED)) {
      List<Explanation> found = new ArrayList<>(program.run(crops, classes));
      for (int i = 0; i < classes.length; i++) {
        String what = key + " image " + i;
        float[] cam = Golden.part(golden.floats(key), i, classes.length);
        float[] logits =
            Golden.part(
                golden.floats(simulated ? "logits.fake_quantize" : mode + "logits"),
                i,
                classes.length);
        float[] map = found.get(i).cam().values();
        if (Golden.largest(cam) == 0) {
          assertArrayEquals(cam, map, what);
        } else if (exact && !simulated) {
          double error = Golden.error(found.get(i).logits(), logits, Golden.largest(logits));
          assertEquals(0, error, 1e-4, what);
          double tolerance = method == MapMethod.GRADCAM_PLUS_PLUS ? 5e-3 : 1e-4;
          assertEquals(0, Golden.error(map, cam, Golden.largest(cam)), tolerance, what);
        } else {
          assertTrue(Golden.correlation(found.get(i).logits(), logits) > LOGITS, what);
          double least = method.need() == MapMethod.Need.ATTENTION ? ROLLOUTS : MAPS;
          assertTrue(Golden.correlation(map, cam) > least, what);
        }
      }
    }
  }
}
