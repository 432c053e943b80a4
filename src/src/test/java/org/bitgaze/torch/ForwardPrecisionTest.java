package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Resize;
import org.bitgaze.model.Execution;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.network.Mode;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.testing.TestImages;
import org.bitgaze.zoo.LayerChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardPrecisionTest {
  @TempDir private Path folder;

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

  private static ForwardPrecision spec(Model model, MapMethod method) throws IOException {
    ProgramKey key = new ProgramKey(model, Quantization.NONE, method);
    return new ForwardPrecision("m", key, model.preprocessing(), "f32", 0, 1, 1);
  }

  @Test
  void targetsThatDoNotFitAreRefusedAtTheStart() throws IOException {
    OnnxModels network =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {3, 3, 1, 1}, 1, 0, 0, 0, 1, 0, 0, 0, 1)
            .node("Conv", "x,w", "c");
    Path sequence =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {3, 3, 1, 1}, 1, 0, 0, 0, 1, 0, 0, 0, 1)
            .node("Conv", "x,w", "c")
            .longs("s", 1, 3, 196)
            .node("Reshape", "c,s", "p")
            .node("Transpose", "p", "t", "perm", new int[] {0, 2, 1})
            .node("Relu", "t", "r")
            .node("ReduceMean", "r", "f", "axes", new int[] {1}, "keepdims", 0)
            .write(folder.resolve("tokens.onnx"), "f");
    Model tokens = Model.onnx("m", sequence).withTargetLayer("r");
    for (MapMethod method :
        List.of(MapMethod.EIGENCAM, MapMethod.SCORECAM, MapMethod.ABLATIONCAM)) {
      Throwable view =
          assertThrows(
              UnsupportedOperationException.class, () -> spec(tokens, method).open().close());
      assertTrue(view.getMessage().contains("'r' has another view (tokens"), view::getMessage);
    }
    spec(tokens, MapMethod.OCCLUSION).open().close();

    Path bypass =
        network
            .node("Add", "c,x", "a")
            .node("GlobalAveragePool", "a", "g")
            .node("Flatten", "g", "f")
            .write(folder.resolve("bypass.onnx"), "f");
    Execution paper =
        new Execution(Resize.CROP, Mode.EVAL, ActivationScheme.DEPLOYMENT, LayerChoice.PAPER);
    Model bypassed = Model.onnx("m", bypass).withTargetLayer("c").withExecution(paper);
    spec(bypassed, MapMethod.EIGENCAM).open().close();
    Throwable path =
        assertThrows(
            UnsupportedOperationException.class,
            () -> spec(bypassed, MapMethod.ABLATIONCAM).open().close());
    assertTrue(path.getMessage().contains("also needs"), path::getMessage);
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
