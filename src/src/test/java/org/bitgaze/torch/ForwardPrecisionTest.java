package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Resize;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.Squash;
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
            Objective.CLASSIFICATION,
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
    return new ForwardPrecision(
        "m", key, model.preprocessing(), model.info().objective(), "f32", 0, 1, 1);
  }

  /** The same numbers as tokens give the same maps. */
  @Test
  void tokensAreSeenAsAnImage() throws IOException {
    Path first = OnnxModels.channelsFirst(folder.resolve("first.onnx"));
    Path tokens = OnnxModels.tokens(folder.resolve("tokens.onnx"));
    byte[] pixels = new byte[3 * 14 * 14];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * i % 251);
    }
    RgbImage image = new RgbImage(14, 14, pixels);
    var input = new Explainer.Input("i", image, OptionalInt.of(0));
    for (MapMethod method :
        List.of(MapMethod.EIGENCAM, MapMethod.SCORECAM, MapMethod.ABLATIONCAM)) {
      List<float[]> maps = new ArrayList<>();
      for (Path file : List.of(first, tokens)) {
        Preprocessing small = Preprocessing.IMAGENET.with(new Squash(14, 14));
        Model model = Model.onnx("m", file).withTargetLayer("r").withPreprocessing(small);
        try (Explainer explainer = spec(model, method).open()) {
          maps.add(explainer.explain(List.of(input)).get(0).get(0).cam().values());
        }
      }
      assertTrue(maps.get(0)[0] != maps.get(0)[20], method.id());
      assertArrayEquals(maps.get(0), maps.get(1), 1e-4f, method.id());
    }
  }

  @Test
  void targetsThatDoNotFitAreRefusedAtTheStart() throws IOException {
    OnnxModels network =
        OnnxModels.of(17, 14)
            .floats("w", new int[] {3, 3, 1, 1}, 1, 0, 0, 0, 1, 0, 0, 0, 1)
            .node("Conv", "x,w", "c");
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
