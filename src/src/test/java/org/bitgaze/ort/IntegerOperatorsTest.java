package org.bitgaze.ort;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.SinglePrecision;
import org.junit.jupiter.api.Test;

/** Files with operators on integers, simulated in libtorch, against ONNX Runtime's kernels. */
class IntegerOperatorsTest {
  private static Explanation explain(Model model, RgbImage image, OptionalInt explained)
      throws IOException {
    ProgramKey key = new ProgramKey(model, Quantization.NONE, MapMethod.GRADCAM_PLUS_PLUS);
    var spec = new SinglePrecision("m", key, model.preprocessing(), "f32", "f32", 1, 1);
    try (Explainer explainer = spec.open()) {
      return explainer.explain(List.of(new Explainer.Input("i", image, explained))).get(0).get(0);
    }
  }

  /** A value on the edge of two steps may fall either way: a step of 1/255 of the range. */
  @Test
  void smallFilesGiveOnnxRuntimesValues() throws Exception {
    for (String name :
        List.of(
            "09-qlinearconv/qlinearconv.onnx", "09-qlinearconv/qlinearglobalaveragepool-ms.onnx")) {
      Path path = Path.of(OnnxNetwork.class.getResource("reports/" + name).toURI());
      DeployedFile file = DeployedFile.read(path, InputDescription.DEFAULT);
      int side = file.size().width();
      byte[] pixels = new byte[3 * side * side];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) (128 + 100 * Math.sin(i * .11));
      }
      RgbImage image = new RgbImage(side, side, pixels);
      Explanation found = explain(Model.onnx("m", path), image, OptionalInt.empty());
      try (OrtNetwork network = OrtNetwork.of(file, true, "")) {
        float[] input = file.preprocessing().normalization().normalize(image);
        float[] expected = network.outputs(List.of(input)).get(0);
        double range = Golden.largest(expected);
        assertEquals(0, Golden.error(found.logits(), expected, range), 0.01, name);
      }
    }
  }

  /** The QOperator file was made with the scales of the Q/DQ file: the same simulation. */
  @Test
  @NeedsShared("deployed/maps.safetensors")
  void qOperatorsAreTheSameNetworkAsPairs() throws IOException {
    RgbImage crop = Golden.images("crops.safetensors", "crops").get(0);
    Explanation integers =
        explain(
            Model.onnx("m", Shared.file("deployed/squeezenet1_1_qoperator.onnx"))
                .withTargetLayer("/features/features.12/Concat_output_0_quantized"),
            crop,
            OptionalInt.of(906));
    Explanation pairs =
        explain(
            Model.onnx("m", Shared.file("onnx/squeezenet1_1_qdq_per_channel.onnx"))
                .withTargetLayer("/features/features.12/Concat_output_0_DequantizeLinear_Output"),
            crop,
            OptionalInt.of(906));
    assertArrayEquals(pairs.logits(), integers.logits());
    assertArrayEquals(pairs.cam().values(), integers.cam().values());
  }

  /**
   * Dynamic ranges are taken per image in both; steps that fall the other way move logits little.
   */
  @Test
  @NeedsShared("deployed/maps.safetensors")
  void dynamicLayersAreRead() throws IOException {
    RawTensors golden = RawTensors.of(Shared.file("deployed/maps.safetensors"));
    RgbImage crop = Golden.images("crops.safetensors", "crops").get(0);
    Explanation found =
        explain(
            Model.onnx("m", Shared.file("deployed/squeezenet1_1_dynamic.onnx"))
                .withPreprocessing(Preprocessing.IMAGENET)
                .withTargetLayer("/features/features.12/Concat_output_0"),
            crop,
            OptionalInt.of(906));
    float[] logits = Golden.part(golden.floats("squeezenet1_1.dynamic.logits"), 0, 4);
    assertEquals(906, found.topClass());
    double error = Golden.error(found.logits(), logits, Golden.largest(logits));
    assertTrue(error < 0.02, "logits differ by " + error);
  }
}
