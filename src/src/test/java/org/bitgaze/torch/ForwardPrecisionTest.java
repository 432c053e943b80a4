package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.testing.TestImages;
import org.junit.jupiter.api.Test;

class ForwardPrecisionTest {
  private static Explanation explain(Model model, MapMethod method, Explainer.Input input)
      throws IOException {
    ForwardPrecision spec =
        new ForwardPrecision(
            "m",
            new ProgramKey(model, Quantization.NONE, method),
            Preprocessing.IMAGENET,
            "f32",
            0,
            2,
            1);
    try (Explainer explainer = spec.open()) {
      return explainer.explain(List.of(input)).get(0).get(0);
    }
  }

  /** libtorch sums in another order than ONNX Runtime: 1e-4 of the largest value is ample. */
  @Test
  @NeedsShared("deployed/maps.safetensors")
  void agreesWithOnnxRuntimesMaps() throws IOException {
    RawTensors golden = RawTensors.of(Shared.file("deployed/maps.safetensors"));
    Model model =
        Model.onnx("m", Shared.file("onnx/squeezenet1_1.onnx"))
            .withTargetLayer("/features/features.12/Concat_output_0");
    var crop = Golden.images("crops.safetensors", "crops").get(0);
    var input = new Explainer.Input("i", crop, OptionalInt.of(906));
    for (MapMethod method :
        List.of(MapMethod.EIGENCAM, MapMethod.SCORECAM, MapMethod.ABLATIONCAM)) {
      Explanation e = explain(model, method, input);
      float[] map = Golden.part(golden.floats("squeezenet1_1.float." + method.id()), 0, 4);
      double error = Golden.error(e.cam().values(), map, Golden.largest(map));
      assertTrue(error < 1e-4, method + ": " + error);
    }
  }

  /** Of a network in this repository: all methods answer as the program of gradients. */
  @Test
  void answersAreThoseOfGradients() throws IOException {
    Model model = Model.zoo("mobilenet_v2").withWeights(new Weights.Scenes());
    var input = new Explainer.Input("i", TestImages.crop(2), OptionalInt.of(1));
    ProgramKey key = new ProgramKey(model, Quantization.NONE, MapMethod.GRADCAM);
    try (var lease = CamProgram.lease(key)) {
      Explanation gradient = lease.program().run(List.of(input.image()), new int[] {1}).get(0);
      for (MapMethod method : List.of(MapMethod.EIGENCAM, MapMethod.ABLATIONCAM)) {
        Explanation e = explain(model, method, input);
        assertEquals(1, e.explained());
        assertEquals(gradient.cam().height(), e.cam().height());
        // Batches of two and of one may differ in their last bits.
        assertArrayEquals(gradient.logits(), e.logits(), 1e-4f);
      }
    }
  }
}
