package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.model.Weights;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.sweep.PrecisionAlternatives;
import org.bitgaze.scene.Scene;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights near a pole of Grad-CAM++, which only negative activations have. */
class PolesTest {
  @TempDir private Path folder;

  private Path resource(String name) throws IOException {
    try (InputStream in = PolesTest.class.getResourceAsStream(name)) {
      return Files.write(folder.resolve(name), in.readAllBytes());
    }
  }

  private static Explanation explain(Model model, MapMethod method, byte[] image)
      throws IOException {
    try (OpenModel open = model.open();
        CamProgram program = CamProgram.of(open, Quantization.NONE, method, Arithmetic.SIMULATED)) {
      var crop = open.preprocessing().apply(ImageDecoder.decode(image));
      return program.run(List.of(crop), new int[] {CamProgram.OWN_CLASS}).get(0);
    }
  }

  /** One channel of this network has 2 g^2 + sum(A) g^3 + 1e-6 = 0 for this picture. */
  @Test
  void theMapOfaPoleIsUnstable() throws IOException {
    Model model = Model.onnx("critical", resource("critical.onnx"));
    byte[] image = Files.readAllBytes(resource("synth0.jpg"));
    assertTrue(explain(model, MapMethod.GRADCAM_PLUS_PLUS, image).isUnstable());
    assertFalse(explain(model, MapMethod.XGRADCAM, image).isUnstable());
    assertEquals(0, explain(model, MapMethod.LAYERCAM, image).unstable());
  }

  /** A sweep counts as the program of one precision does, in each configuration. */
  @Test
  void sweepsCountPoles() throws IOException {
    Model model = Model.onnx("critical", resource("critical.onnx"));
    byte[] image = Files.readAllBytes(resource("synth0.jpg"));
    var int8 = new Quantization.Dynamic(Precision.of("int8"));
    MapMethod method = MapMethod.GRADCAM_PLUS_PLUS;
    try (OpenModel open = model.open();
        CamProgram single = CamProgram.of(open, int8, method, Arithmetic.SIMULATED);
        SweepProgram sweep =
            SweepProgram.of(open, new PrecisionAlternatives(List.of(int8)), method)) {
      List<RgbImage> crops = List.of(open.preprocessing().apply(ImageDecoder.decode(image)));
      int[] own = {CamProgram.OWN_CLASS};
      List<SweepResult> swept =
          sweep.run(crops, own, List.of(Configuration.F32, Configuration.of("int8")), 1).get(0);
      Explanation f32 = swept.get(0).explanation();
      assertEquals(explain(model, method, image).unstable(), f32.unstable());
      assertTrue(f32.isUnstable());
      int[] explained = {f32.explained()};
      assertEquals(
          single.run(crops, explained).get(0).unstable(), swept.get(1).explanation().unstable());
    }
  }

  /** Behind a ReLU, alpha is at most 1/2, and nothing is counted. */
  @Test
  void activationsBehindReluHaveNoPoles() throws IOException {
    Model model = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
    try (OpenModel open = model.open();
        CamProgram program =
            CamProgram.of(
                open, Quantization.NONE, MapMethod.GRADCAM_PLUS_PLUS, Arithmetic.SIMULATED)) {
      assertTrue(open.network().graph().isNonNegative(open.targetNode()));
      var crop = open.preprocessing().apply(Scene.of(1, 2).picture());
      int[] own = {CamProgram.OWN_CLASS};
      assertEquals(0, program.run(List.of(crop), own).get(0).unstable());
    }
  }
}
