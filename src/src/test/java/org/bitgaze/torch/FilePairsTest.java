package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.sweep.FilePairs;
import org.bitgaze.quant.sweep.PrecisionAlternatives;
import org.bitgaze.quant.sweep.QuantizedPart;
import org.bitgaze.quant.sweep.SensitivityRun;
import org.bitgaze.testing.OnnxModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep over a file's pairs does what files without some of the pairs do, to the bit. */
class FilePairsTest {
  @TempDir private Path folder;

  private static final int SIDE = 28;
  private static final Set<String> ALL = Set.of("x", "c1", "c2", "p");

  /** Two convolutions; pairs of 4 bits behind some tensors, so that their effect is large. */
  private Path file(Set<String> pairs) throws IOException {
    float[] w = new float[4 * 3];
    float[] v = new float[4 * 4];
    for (int i = 0; i < v.length; i++) {
      v[i] = (i * 31 % 17 - 7) / 9f;
      w[i % w.length] = (i * 13 % 11 - 4) / 5f;
    }
    OnnxModels model =
        OnnxModels.of(17, SIDE)
            .floats("w", new int[] {4, 3, 1, 1}, w)
            .floats("v", new int[] {4, 4, 1, 1}, v)
            .floats("s", new int[0], .3f)
            .ints("z", 2, new int[0], 120);
    String x = pair(model, pairs, "x");
    model.node("Conv", x + ",w", "c1", "strides", new int[] {4, 4});
    model.node("Relu", pair(model, pairs, "c1"), "r");
    model.node("Conv", "r,v", "c2");
    model.node("GlobalAveragePool", pair(model, pairs, "c2"), "p");
    return model
        .node("Flatten", pair(model, pairs, "p"), "f")
        .node("Relu", "f", "y")
        .write(folder.resolve(String.join("", new TreeSet<>(pairs)) + ".onnx"), "y");
  }

  private static String pair(OnnxModels model, Set<String> pairs, String tensor) {
    if (!pairs.contains(tensor)) {
      return tensor;
    }
    model
        .node("QuantizeLinear", tensor + ",s,z", tensor + "_q")
        .node("DequantizeLinear", tensor + "_q,s,z", tensor + "_d");
    return tensor + "_d";
  }

  private Model model(Set<String> pairs) throws IOException {
    return Model.onnx("m", file(pairs)).withTargetLayer("c2");
  }

  private static RgbImage image() {
    byte[] samples = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i * i % 251);
    }
    return new RgbImage(SIDE, SIDE, samples);
  }

  private Explanation alone(Set<String> pairs, int explained) throws IOException {
    ProgramKey key = new ProgramKey(model(pairs), Quantization.NONE, MapMethod.GRADCAM_PLUS_PLUS);
    try (var lease = CamProgram.lease(key)) {
      return lease.program().run(List.of(image()), new int[] {explained}).get(0);
    }
  }

  @Test
  void eachPairIsRemovedOrKept() throws IOException {
    Model whole = model(ALL);
    List<SensitivityRun> runs;
    try (OpenModel open = whole.open()) {
      assertTrue(FilePairs.areIn(open.network().graph()));
      Precision precision = FilePairs.precision(open.network().graph());
      assertEquals("int8", precision.toString());
      List<QuantizableLayer> layers = open.layers();
      assertEquals(
          List.of("x_d", "c1_d", "c2_d", "p_d"),
          layers.stream().map(QuantizableLayer::name).toList());
      runs = SensitivityRun.of(layers, precision, EnumSet.allOf(QuantizedPart.class));
    }
    // The whole file, and each pair alone, or all others.
    assertEquals(9, runs.size());
    List<Configuration> configurations = new ArrayList<>(List.of(Configuration.F32));
    runs.forEach(run -> configurations.add(run.configuration()));
    PrecisionAlternatives choices =
        new PrecisionAlternatives(
            List.of(new Quantization.Dynamic(Configuration.uniform(runs.get(0).precision()))));
    try (var lease =
        SweepProgram.lease(new SweepKey(whole, choices, MapMethod.GRADCAM_PLUS_PLUS))) {
      List<SweepResult> found =
          lease.program().run(List.of(image()), new int[] {-1}, configurations, 1).get(0);
      Explanation reference = found.get(0).explanation();
      same("no pair", alone(Set.of(), reference.explained()), reference);
      Set<String> maps = new HashSet<>();
      for (int i = 0; i < runs.size(); i++) {
        SensitivityRun run = runs.get(i);
        Set<String> pairs = new HashSet<>(ALL);
        run.layer()
            .ifPresent(
                layer -> {
                  String tensor = layer.name().replace("_d", "");
                  if (run.part() == QuantizedPart.ALL_BUT) {
                    pairs.remove(tensor);
                  } else {
                    pairs.retainAll(Set.of(tensor));
                  }
                });
        Explanation expected = alone(pairs, reference.explained());
        same(run.name(), expected, found.get(i + 1).explanation());
        maps.add(Arrays.toString(expected.cam().values()));
      }
      assertTrue(maps.size() > 4, maps.size() + " different maps");
    }
  }

  private static void same(String what, Explanation expected, Explanation found) {
    assertArrayEquals(expected.cam().values(), found.cam().values(), what);
    assertArrayEquals(expected.logits(), found.logits(), what);
    assertFalse(Arrays.equals(new float[expected.cam().values().length], found.cam().values()));
  }

  /** ONNX Runtime's quantizer leaves out a ReLU before a pair whose range begins at 0. */
  @Test
  void withoutItsPairALeftOutReluStays() throws IOException {
    List<float[]> logits = new ArrayList<>();
    for (boolean relu : List.of(true, false)) {
      OnnxModels model =
          OnnxModels.of(17, SIDE)
              .floats("w", new int[] {2, 3, 1, 1}, .5f, -.25f, .125f, -.5f, .25f, -.75f)
              .floats("v", new int[] {2, 2, 1, 1}, 1f, -1f, -.5f, .75f)
              .floats("s", new int[0], 1f)
              .ints("z", 2, new int[0], 0);
      model.node("Conv", "x,w", "c");
      if (relu) {
        model.node("Relu", "c", "r").node("Conv", "r,v", "d");
      } else {
        model
            .node("QuantizeLinear", "c,s,z", "q")
            .node("DequantizeLinear", "q,s,z", "r")
            .node("Conv", "r,v", "d");
      }
      model.node("GlobalAveragePool", "d", "p").node("Flatten", "p", "y");
      Model file =
          Model.onnx("m", model.write(folder.resolve("relu-" + relu + ".onnx"), "y"))
              .withTargetLayer("c");
      if (relu) {
        ProgramKey key = new ProgramKey(file, Quantization.NONE, MapMethod.GRADCAM);
        try (var lease = CamProgram.lease(key)) {
          logits.add(lease.program().run(List.of(image()), new int[] {-1}).get(0).logits());
        }
      } else {
        PrecisionAlternatives choices =
            new PrecisionAlternatives(
                List.of(new Quantization.Dynamic(Configuration.uniform(Precision.of("int8")))));
        try (var lease = SweepProgram.lease(new SweepKey(file, choices, MapMethod.GRADCAM))) {
          logits.add(
              lease
                  .program()
                  .run(List.of(image()), new int[] {-1}, List.of(Configuration.F32), 1)
                  .get(0)
                  .get(0)
                  .explanation()
                  .logits());
        }
      }
    }
    assertArrayEquals(logits.get(0), logits.get(1), 1e-5f);
  }
}
