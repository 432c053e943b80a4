package org.bitgaze.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Network;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Interpreter;
import org.bitgaze.testing.Interpreter.Value;
import org.bitgaze.torch.CamProgram;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rollouts of a small vision transformer against their formulas in plain Java, with gradients by
 * difference quotients of the interpreted network.
 */
class RolloutTest {
  private static final int SIDE = 12;
  private static final int TOKENS = 10;
  private static final int HEADS = 2;
  private static final int CLASS = 3;
  private static final double STEP = 1e-4;

  private final Network network;
  private final RgbImage image = picture();

  RolloutTest() throws IOException {
    var sizes = new VisionTransformer.Sizes(SIDE, 4, 2, HEADS, 8, 16);
    Definition tiny = VisionTransformer.of("tiny", sizes, 5);
    network = tiny.network(new FormulaWeights(tiny.stateDict()));
  }

  @ParameterizedTest
  @EnumSource(names = {"ATTENTION_ROLLOUT", "GRADIENT_ROLLOUT"})
  void followsItsFormula(MapMethod method) throws IOException {
    double[][] rollout = new double[TOKENS][TOKENS];
    for (int i = 0; i < TOKENS; i++) {
      rollout[i][i] = 1;
    }
    for (int block = 0; block < 2; block++) {
      String softmax = "encoder.layers.encoder_layer_" + block + ".self_attention.softmax";
      double[] a = run(Map.of()).get(softmax).data();
      double[][] mixed = new double[TOKENS][TOKENS];
      for (int i = 0; i < a.length; i++) {
        int row = i / TOKENS % TOKENS;
        boolean own = row == i % TOKENS;
        mixed[row][i % TOKENS] +=
            method == MapMethod.ATTENTION_ROLLOUT
                ? (0.5 * a[i] + (own ? 0.5 : 0)) / HEADS
                : Math.max(0, slope(softmax, a, i) * a[i]) / HEADS;
      }
      double[][] product = product(mixed, rollout);
      for (int i = 0; i < TOKENS; i++) {
        for (int j = 0; j < TOKENS; j++) {
          boolean adds = method == MapMethod.GRADIENT_ROLLOUT;
          rollout[i][j] = product[i][j] + (adds ? rollout[i][j] : 0);
        }
      }
    }
    OpenModel model =
        new OpenModel(
            network,
            Preprocessing.parse("resize=12,crop=12"),
            "encoder.layers.encoder_layer_1.ln_1",
            Execution.DEPLOYMENT);
    try (CamProgram program =
        CamProgram.of(model, Quantization.NONE, method, Arithmetic.SIMULATED)) {
      Explanation found = program.run(List.of(image), new int[] {CLASS}).get(0);
      float[] map = found.cam().values();
      assertEquals(TOKENS - 1, map.length);
      double largest = 0;
      for (double value : rollout[0]) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int i = 0; i < map.length; i++) {
        assertEquals(rollout[0][i + 1], map[i], 1e-3 * largest);
      }
    }
  }

  private Map<String, Value> run(Map<String, Value> given) throws IOException {
    Map<String, Value> all = new HashMap<>(given);
    all.put("input", input());
    return new Interpreter(network).run(all);
  }

  /** The derivative of the logit with respect to one weight of an attention. */
  private double slope(String softmax, double[] a, int index) throws IOException {
    List<Double> logits = new ArrayList<>();
    for (double step : new double[] {STEP, -STEP}) {
      double[] moved = a.clone();
      moved[index] += step;
      Value value = new Value(new int[] {HEADS, TOKENS, TOKENS}, moved);
      logits.add(run(Map.of(softmax, value)).get("heads.head").data()[CLASS]);
    }
    return (logits.get(0) - logits.get(1)) / (2 * STEP);
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] out = new double[TOKENS][TOKENS];
    for (int i = 0; i < TOKENS; i++) {
      for (int j = 0; j < TOKENS; j++) {
        for (int k = 0; k < TOKENS; k++) {
          out[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return out;
  }

  private static RgbImage picture() {
    byte[] pixels = new byte[SIDE * SIDE * 3];
    new Random(7).nextBytes(pixels);
    return new RgbImage(SIDE, SIDE, pixels);
  }

  private Value input() {
    double[] x = new double[3 * SIDE * SIDE];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < SIDE * SIDE; i++) {
        double sample = (image.pixels()[3 * i + c] & 0xff) / 255.0;
        x[c * SIDE * SIDE + i] =
            (sample - Normalization.IMAGENET.mean().get(c)) / Normalization.IMAGENET.std().get(c);
      }
    }
    return new Value(new int[] {3, SIDE, SIDE}, x);
  }
}
