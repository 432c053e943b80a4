package org.bitgaze.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Nets;
import org.bitgaze.testing.TestImages;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.DropoutStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every method against its formula, with activations and gradients worked out by hand: the network
 * is a pooling (A), a 1x1 convolution, a ReLU and a mean, so that dS/dA_k(p) = W_ck / (h w) where
 * the convolution's output is positive, and 0 elsewhere.
 */
class MapMethodTest {
  private static final int SIDE = 7;
  private static final int PIXELS = SIDE * SIDE;
  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] STD = {0.229, 0.224, 0.225};

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(
      value = MapMethod.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {
        "OCCLUSION",
        "RISE",
        "RISE_COVERAGE",
        "EIGENCAM",
        "ABLATIONCAM",
        "SCORECAM",
        "ATTENTION_ROLLOUT",
        "GRADIENT_ROLLOUT"
      })
  void followsItsFormula(MapMethod method) throws IOException {
    GraphBuilder g = new GraphBuilder("tiny");
    String a = g.apply("pool", AvgPool2d.of(32, 32), g.input());
    String z = g.apply("conv", Conv2d.of(3, 4, 1), a);
    z = g.apply("mean", AdaptiveAvgPool2d.of(1), g.relu("relu", z));
    g.apply("flatten", new Flatten(), z);
    Graph graph = g.build();
    FormulaWeights weights = new FormulaWeights(graph);
    Path file = folder.resolve("tiny.pt");
    CamProgram.compile(
        Nets.open(graph, weights, "pool"), Quantization.NONE, method, Arithmetic.SIMULATED, file);
    RgbImage image = TestImages.crop(3);
    try (CamProgram program = new CamProgram(file, DropoutStreams.NONE)) {
      for (int target = 0; target < 4; target++) {
        Explanation e = program.run(List.of(image), new int[] {target}).get(0);
        double[][] activations = activations(image);
        float[] w = weights.read("conv.weight").data();
        float bias = weights.read("conv.bias").data()[target];
        double[] expected = map(method, activations, gradients(activations, w, bias, target));
        double[] found = new double[PIXELS];
        Arrays.setAll(found, i -> e.cam().values()[i]);
        assertArrayEquals(expected, found, 1e-5, method + " class " + target);
      }
    }
  }

  private static double[][] activations(RgbImage image) {
    double[][] a = new double[3][PIXELS];
    for (int y = 0; y < 224; y++) {
      for (int x = 0; x < 224; x++) {
        for (int c = 0; c < 3; c++) {
          int value = image.pixels()[(y * 224 + x) * 3 + c] & 0xff;
          a[c][(y / 32) * SIDE + x / 32] += (value / 255.0 - MEAN[c]) / STD[c] / (32 * 32);
        }
      }
    }
    return a;
  }

  private static double[][] gradients(double[][] a, float[] w, float bias, int target) {
    double[][] g = new double[3][PIXELS];
    for (int p = 0; p < PIXELS; p++) {
      double z = bias;
      for (int k = 0; k < 3; k++) {
        z += w[target * 3 + k] * a[k][p];
      }
      for (int k = 0; k < 3; k++) {
        g[k][p] = z > 0 ? w[target * 3 + k] / (double) PIXELS : 0;
      }
    }
    return g;
  }

  private static double[] map(MapMethod method, double[][] a, double[][] g) {
    double[] map = new double[PIXELS];
    for (int k = 0; k < 3; k++) {
      double sumA = Arrays.stream(a[k]).sum();
      double weight = 0;
      for (int p = 0; p < PIXELS; p++) {
        double x = g[k][p];
        switch (method) {
          case GRADCAM_PLUS_PLUS:
            double alpha = x == 0 ? 0 : x * x / (2 * x * x + sumA * x * x * x + 1e-6);
            weight += Math.max(x, 0) * alpha;
            break;
          case TORCHCAM:
            weight += Math.pow(Math.max(x, 0), 3);
            break;
          case GRADCAM:
            weight += x / PIXELS;
            break;
          case XGRADCAM:
            weight += x * a[k][p] / (sumA + 1e-7);
            break;
          default:
        }
      }
      for (int p = 0; p < PIXELS; p++) {
        double w =
            switch (method) {
              case LAYERCAM -> Math.max(g[k][p], 0);
              case HIRESCAM -> g[k][p];
              default -> weight;
            };
        map[p] += w * a[k][p];
      }
    }
    return Arrays.stream(map).map(v -> Math.max(v, 0)).toArray();
  }

  @Test
  void isFoundByName() {
    for (MapMethod method : MapMethod.values()) {
      assertEquals(method, MapMethod.of(method.id()));
    }
    assertThrows(IllegalArgumentException.class, () -> MapMethod.of("eigen-cam"));
  }
}
