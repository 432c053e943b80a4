package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Graph;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.Ranges;
import org.bitgaze.quant.sweep.PrecisionAlternatives;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.Interpreter;
import org.bitgaze.testing.Interpreter.Value;
import org.bitgaze.testing.Nets;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorMap;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One layer of SqueezeNet 1.1 at int4, against the same in plain Java. Logits agree to relative
 * 1e-4 where only weights are rounded. Where activations are, one of 10,816 values may lie on the
 * edge of two steps: 1e-3.
 */
class SweepLayerTest {
  private static final String LAYER = "features.12.squeeze";
  private static final String ACTIVATION = LAYER + "_activation";
  private static final Precision INT4 = Precision.of("int4");

  @TempDir private Path folder;

  @Test
  void oneLayerIsQuantized() throws IOException {
    Architecture zoo = Architecture.SQUEEZENET1_1;
    Graph graph = zoo.graph(1000);
    Ranges ranges = Golden.ranges(Golden.json(Golden.scenes(zoo.id() + ".json")).get("ranges"));
    RgbImage image = Golden.scenePictures("crop").get(0);
    Map<String, Tensor> tensors = new HashMap<>();
    FormulaWeights formula = new FormulaWeights(graph);
    for (String name : formula.names()) {
      tensors.put(name, formula.read(name));
    }
    String logits = graph.output().name();
    Map<String, Value> values = run(graph, tensors, Map.of("input", planes(image)));
    double[] f32 = values.get(logits).data();
    Value rounded = rounded(values.get(ACTIVATION), ranges.points().get(LAYER));
    double[] activationOnly = run(graph, tensors, Map.of(ACTIVATION, rounded)).get(logits).data();
    tensors.put(LAYER + ".weight", rounded(tensors.get(LAYER + ".weight")));
    String before = graph.node(LAYER).inputs().get(0);
    double[] weightsOnly =
        run(graph, tensors, Map.of(before, values.get(before))).get(logits).data();

    List<Configuration> configurations =
        List.of(
            Configuration.F32,
            only(new LayerPrecision(INT4, Precision.F32)),
            only(new LayerPrecision(Precision.F32, INT4)));
    PrecisionAlternatives choices =
        new PrecisionAlternatives(List.of(new Quantization.Static(INT4, ranges)));
    try (TensorSource weights = FormulaWeights.inFile(graph, folder);
        SweepProgram program =
            SweepProgram.of(
                Nets.open(graph, weights, zoo.targetLayer()),
                choices,
                MapMethod.GRADCAM_PLUS_PLUS)) {
      List<SweepResult> found =
          program.run(List.of(image), new int[] {CamProgram.OWN_CLASS}, configurations, 1).get(0);
      check(found.get(0), f32, f32, 1e-4);
      check(found.get(1), weightsOnly, f32, 1e-4);
      check(found.get(2), activationOnly, f32, 1e-3);
    }
  }

  private static Configuration only(LayerPrecision precision) {
    return new Configuration(precision.toString(), LayerPrecision.F32, Map.of(LAYER, precision));
  }

  private static void check(SweepResult found, double[] expected, double[] f32, double tolerance) {
    double largest = 0;
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < f32.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      signal += f32[i] * f32[i];
      noise += (f32[i] - expected[i]) * (f32[i] - expected[i]);
    }
    for (int i = 0; i < f32.length; i++) {
      assertEquals(expected[i], found.explanation().logits()[i], tolerance * largest);
    }
    assertEquals(noise == 0, found.fidelity().logits().isEmpty());
    if (noise > 0) {
      assertTrue(noise > 1e-6 * signal, "the layer matters: " + noise / signal);
      double decibels = 10 * Math.log10(signal / noise);
      assertEquals(decibels, found.fidelity().logits().getAsDouble(), 0.1);
    }
  }

  private static Map<String, Value> run(
      Graph graph, Map<String, Tensor> tensors, Map<String, Value> given) throws IOException {
    return new Interpreter(graph, new TensorMap("test", tensors)).run(given);
  }

  /** Symmetric per tensor: the scale is max|w| / 7.5. */
  private static Tensor rounded(Tensor weight) {
    float scale = (float) (Golden.largest(weight.data()) / 7.5);
    float[] data = weight.data().clone();
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) Math.max(-8, Math.min(7, Math.rint(data[i] / scale))) * scale;
    }
    return new Tensor(weight.shape(), data);
  }

  /** Affine; after a ReLU, values start at 0, and so does the range. */
  private static Value rounded(Value value, Range range) {
    assertEquals(0, range.min());
    double scale = (float) (range.max() / 15);
    double[] data = value.data().clone();
    for (int i = 0; i < data.length; i++) {
      data[i] = Math.max(0, Math.min(15, Math.rint(data[i] / scale))) * scale;
    }
    return new Value(value.shape(), data);
  }

  private static Value planes(RgbImage image) {
    double[] mean = {0.485, 0.456, 0.406};
    double[] deviation = {0.229, 0.224, 0.225};
    int plane = image.height() * image.width();
    double[] values = new double[3 * plane];
    for (int i = 0; i < values.length; i++) {
      int c = i / plane;
      values[i] = ((image.pixels()[3 * (i % plane) + c] & 0xff) / 255.0 - mean[c]) / deviation[c];
    }
    return new Value(new int[] {3, image.height(), image.width()}, values);
  }
}
