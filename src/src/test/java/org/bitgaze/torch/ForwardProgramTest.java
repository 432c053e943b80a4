package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.sweep.PrecisionAlternatives;
import org.bitgaze.testing.TestImages;
import org.junit.jupiter.api.Test;

class ForwardProgramTest {
  private static final Model MODEL = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());

  private static SinglePrecision spec(Model model, Quantization quantization, int batchSize)
      throws IOException {
    ProgramKey key = new ProgramKey(model, quantization, MapMethod.GRADCAM_PLUS_PLUS);
    return new SinglePrecision(model.id(), key, model.preprocessing(), "f32", "f32", batchSize, 1);
  }

  private static void check(SinglePrecision spec) throws IOException {
    List<Explainer.Input> images = new ArrayList<>();
    List<float[]> inputs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RgbImage image = TestImages.crop(i);
      images.add(new Explainer.Input("i" + i, image, OptionalInt.empty()));
      inputs.add(spec.preprocessing().normalization().normalize(image));
    }
    try (Explainer explainer = spec.open()) {
      List<float[]> outputs = explainer.outputs(inputs);
      assertEquals(3, outputs.size());
      for (int i = 0; i < 3; i++) {
        float[] logits = explainer.explain(List.of(images.get(i))).get(0).get(0).logits();
        assertArrayEquals(logits, outputs.get(i), "image " + i);
        assertArrayEquals(logits, explainer.outputs(List.of(inputs.get(i))).get(0));
      }
      assertTrue(explainer.outputs(List.of()).isEmpty());
      Throwable wrong =
          assertThrows(
              IllegalArgumentException.class, () -> explainer.outputs(List.of(new float[12])));
      assertTrue(wrong.getMessage().contains("12 numbers, expected [3, 224, 224]"));
    }
  }

  @Test
  void outputsAreThoseOfExplainToTheBit() throws IOException {
    check(spec(MODEL, Quantization.NONE, 2));
    check(spec(MODEL, new Quantization.Dynamic(Precision.of("int8")), 2));
  }

  @Test
  void frontAndBackGiveTheOutputsOfTheWholeToTheBit() throws IOException {
    for (Quantization quantization :
        List.of(Quantization.NONE, new Quantization.Dynamic(Precision.of("int8")))) {
      ProgramKey key = new ProgramKey(MODEL, quantization, MapMethod.GRADCAM_PLUS_PLUS);
      float[] input = Preprocessing.IMAGENET.normalization().normalize(TestImages.crop(1));
      try (ForwardPrograms forward = new ForwardPrograms(key, 1, 1)) {
        List<float[]> activations = forward.run(ForwardProgram.Part.FRONT, List.of(input));
        assertArrayEquals(
            forward.run(ForwardProgram.Part.WHOLE, List.of(input)).get(0),
            forward.run(ForwardProgram.Part.BACK, activations).get(0));
      }
    }
  }

  @Test
  void whatDrawsRandomNumbersIsRefused() throws IOException {
    try (Explainer explainer =
        spec(MODEL.withExecution(Execution.PAPER), Quantization.NONE, 1).open()) {
      Throwable refused =
          assertThrows(
              UnsupportedOperationException.class,
              () -> explainer.outputs(List.of(new float[3 * 224 * 224])));
      assertTrue(refused.getMessage().contains("dropout is active"));
    }
  }

  @Test
  void aSweepRefuses() throws IOException {
    var alternatives =
        new PrecisionAlternatives(List.of(new Quantization.Dynamic(Precision.of("int8"))));
    for (MapMethod method : List.of(MapMethod.OCCLUSION, MapMethod.EIGENCAM)) {
      SweepKey forward = new SweepKey(MODEL, alternatives, method);
      Throwable refused =
          assertThrows(IllegalArgumentException.class, () -> SweepProgram.lease(forward));
      assertTrue(refused.getMessage().contains("cannot be swept"), refused::getMessage);
    }
    Sweep sweep =
        new Sweep(
            new SweepKey(MODEL, alternatives, MapMethod.GRADCAM_PLUS_PLUS),
            MODEL.preprocessing(),
            List.of(Configuration.F32),
            1);
    try (Explainer explainer = sweep.open()) {
      assertThrows(UnsupportedOperationException.class, () -> explainer.outputs(List.of()));
    }
  }
}
