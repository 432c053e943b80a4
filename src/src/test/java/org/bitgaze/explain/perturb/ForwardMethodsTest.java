package org.bitgaze.explain.perturb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.Classification;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.junit.jupiter.api.Test;

/** The methods against their definitions in plain Java, on a network in plain Java. */
class ForwardMethodsTest {
  private static final int SIDE = 28;
  private static final int PIXELS = SIDE * SIDE;

  /**
   * Class 0 is a weighted sum of the pixels, class 1 its opposite. The target layer has 4 channels
   * of 4 x 4: means of 7 x 7 pixels of each color, and a constant; the head weighs their sums.
   */
  private record Linear(List<Integer> calls) implements ForwardNetwork {
    @Override
    public ImageSize size() {
      return new ImageSize(SIDE, SIDE);
    }

    @Override
    public int batchSize() {
      return 3;
    }

    @Override
    public List<float[]> outputs(List<float[]> inputs) {
      calls.add(inputs.size());
      return inputs.stream().map(Linear::outputs).toList();
    }

    private static float[] outputs(float[] input) {
      double sum = 0;
      for (int i = 0; i < input.length; i++) {
        sum += weight(i) * input[i];
      }
      return new float[] {(float) sum, (float) -sum};
    }

    static double weight(int i) {
      int pixel = i % PIXELS;
      return (pixel / SIDE < 10 && pixel % SIDE > 15 ? .02 : -.001) * (1 + i / PIXELS);
    }

    @Override
    public TargetState target(float[] input) {
      float[] values = new float[4 * 16];
      for (int i = 0; i < 3 * PIXELS; i++) {
        int cell = i % PIXELS / SIDE / 7 * 4 + i % SIDE / 7;
        values[i / PIXELS * 16 + cell] += input[i] / 49;
      }
      Arrays.fill(values, 48, 64, 2);
      Activations activations = new Activations(4, 4, 4, values);
      return new TargetState() {
        @Override
        public Activations activations() {
          return activations;
        }

        @Override
        public List<float[]> outputsWithout(int[] channels) {
          List<float[]> all = new ArrayList<>();
          for (int without : channels) {
            float sum = 0;
            for (int k = 0; k < 4; k++) {
              for (int i = 0; i < 16 && k != without; i++) {
                sum += (k - 1) * values[k * 16 + i];
              }
            }
            all.add(new float[] {sum, -sum});
          }
          return all;
        }
      };
    }

    @Override
    public void close() {}
  }

  private static float[] input() {
    float[] input = new float[3 * PIXELS];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) Math.sin(i * .7 + i / PIXELS) + (i % SIDE > 20 ? 1 : 0);
    }
    return input;
  }

  private static Explained ofClass(int index) {
    Answer answer = new Classification.ClassAnswer(index, 1);
    float[] weights = Objective.CLASSIFICATION.weights(2, answer).orElseThrow();
    return Explained.of(new Answered(Objective.CLASSIFICATION, answer), weights);
  }

  private static ExplainedInput explained(int index) {
    Linear network = new Linear(new ArrayList<>());
    return new ExplainedInput(network, input(), Linear.outputs(input()), ofClass(index));
  }

  @Test
  void occlusionAveragesThePatchesThatCoverACell() {
    float[] x = input();
    for (int index = 0; index < 2; index++) {
      double[] drops = new double[196];
      for (int cell = 0; cell < 196; cell++) {
        // A linear score drops by what the hidden pixels add to it.
        for (int i = 0; i < x.length; i++) {
          int row = i % PIXELS / SIDE / 2;
          int column = i % SIDE / 2;
          if (Math.abs(row - cell / 14) <= 1 && Math.abs(column - cell % 14) <= 1) {
            drops[cell] += (index == 0 ? 1 : -1) * Linear.weight(i) * x[i];
          }
        }
      }
      Heatmap map = new Occlusion(new float[3]).map(explained(index));
      assertEquals(14, map.height());
      for (int cell = 0; cell < 196; cell++) {
        double sum = 0;
        int count = 0;
        for (int other = 0; other < 196; other++) {
          if (Math.abs(other / 14 - cell / 14) <= 1 && Math.abs(other % 14 - cell % 14) <= 1) {
            sum += drops[other];
            count++;
          }
        }
        assertEquals(sum / count, map.values()[cell], 1e-5, "cell " + cell);
      }
    }
  }

  @Test
  void patchesAreFilledWithTheMeanOfFilesThatNormalizeThemselves() {
    assertArrayEquals(new float[3], Perturbations.meanColor(Normalization.IMAGENET));
    Normalization none = new Normalization(List.of(0., 0., 0.), List.of(1., 1., 1 / 255.));
    assertArrayEquals(
        new float[] {.485f, .456f, .406f * 255}, Perturbations.meanColor(none), 1e-4f);
    Occlusion grey = new Occlusion(new float[] {9, 9, 9});
    assertTrue(grey.drops(explained(0))[0] != new Occlusion(new float[3]).drops(explained(0))[0]);
  }

  @Test
  void riseDrawsItsBitsFromAHash() {
    assertEquals(4601062378911908457L >>> 40, RiseMasks.draw(0, 0));
    assertEquals(26250764348032882L >>> 40, RiseMasks.draw(0, 1));
    assertEquals(4529634714333653021L >>> 40, RiseMasks.draw(0, 2));
    assertEquals(RiseMasks.draw(1, 0), RiseMasks.draw(0, 51));
  }

  /** A mask at single pixels, by the definition. */
  @Test
  void riseMasksAreShiftedGridsOfCells() {
    for (int side : new int[] {28, 224, 225}) {
      int k = (side + 6) / 7;
      RiseMasks masks = new RiseMasks(new ImageSize(side, side));
      for (int n = 0; n < 3; n++) {
        float[] mask = masks.mask(n);
        long down = RiseMasks.draw(n, 49) * k >>> 24;
        long right = RiseMasks.draw(n, 50) * k >>> 24;
        for (int i = 0; i < mask.length; i += 97) {
          double v = Math.max(0, (i / side + down + .5) * 7 / (8 * k) - .5);
          double u = Math.max(0, (i % side + right + .5) * 7 / (8 * k) - .5);
          int top = Math.min((int) v, 6);
          double upper = between(n, top, u);
          double lower = between(n, Math.min(top + 1, 6), u);
          assertEquals(upper + (v - top) * (lower - upper), mask[i], 1e-6);
        }
      }
    }
  }

  private static double between(int n, int row, double u) {
    int left = Math.min((int) u, 6);
    double a = on(n, row * 7 + left);
    return a + (u - left) * (on(n, row * 7 + Math.min(left + 1, 6)) - a);
  }

  private static double on(int n, int cell) {
    return RiseMasks.draw(n, cell) < 1 << 23 ? 1 : 0;
  }

  @Test
  void riseWeighsMasksByProbability() {
    int masks = 7;
    double[] sum = new double[784];
    double[] seen = new double[784];
    RiseMasks random = new RiseMasks(new ImageSize(SIDE, SIDE));
    for (int n = 0; n < masks; n++) {
      float[] masked = input();
      float[] mask = random.mask(n);
      for (int i = 0; i < masked.length; i++) {
        masked[i] *= mask[i % PIXELS];
      }
      float[] out = Linear.outputs(masked);
      double p = 1 / (1 + Math.exp((double) out[1] - out[0]));
      for (int i = 0; i < 784; i++) {
        sum[i] += p * mask[i];
        seen[i] += mask[i];
      }
    }
    Heatmap published = new Rise(masks, false).map(explained(0));
    Heatmap covered = new Rise(masks, true).map(explained(0));
    for (int i = 0; i < 784; i++) {
      assertEquals(sum[i] / 3.5, published.values()[i], 1e-6);
      assertEquals(seen[i] == 0 ? 0 : sum[i] / seen[i], covered.values()[i], 1e-6);
    }
  }

  @Test
  void ablationWeighsByTheRelativeDrop() {
    for (int index = 0; index < 2; index++) {
      ExplainedInput input = explained(index);
      TargetState target = input.network().target(input.input());
      Activations a = target.activations();
      double[] sums = new double[4];
      double whole = 0;
      for (int k = 0; k < 4; k++) {
        for (int i = 0; i < 16; i++) {
          sums[k] += a.values()[k * 16 + i];
        }
        whole += (k - 1) * sums[k];
      }
      double sign = index == 0 ? 1 : -1;
      double[] weights = AblationCam.weights(target, ofClass(index), 3);
      double[] map = new double[16];
      for (int k = 0; k < 4; k++) {
        assertEquals(sign * (k - 1) * sums[k] / Math.abs(whole), weights[k], 1e-5);
        for (int i = 0; i < 16; i++) {
          map[i] += weights[k] * a.values()[k * 16 + i];
        }
      }
      float[] found = new AblationCam().map(input).values();
      for (int i = 0; i < 16; i++) {
        assertEquals(Math.max(0, map[i]), found[i], 1e-5);
      }
    }
  }

  @Test
  void scoreCamLeavesConstantChannelsOutAndTakesTheStrongest() {
    ExplainedInput input = explained(0);
    Activations a = input.network().target(input.input()).activations();
    int[] all = new ScoreCam(64).strongest(a);
    assertEquals(3, all.length);
    assertTrue(mean(a, all[0]) >= mean(a, all[1]) && mean(a, all[1]) >= mean(a, all[2]));
    assertArrayEquals(Arrays.copyOf(all, 2), new ScoreCam(2).strongest(a));
    double[] scores = new double[2];
    for (int k = 0; k < 2; k++) {
      double[] grid = a.channel(all[k]).resample(SIDE, SIDE);
      double low = Arrays.stream(grid).min().orElseThrow();
      double high = Arrays.stream(grid).max().orElseThrow();
      float[] seen = input();
      for (int i = 0; i < seen.length; i++) {
        seen[i] *= (float) ((grid[i % PIXELS] - low) / (high - low));
      }
      scores[k] = Linear.outputs(seen)[0];
    }
    double first = 1 / (1 + Math.exp(scores[1] - scores[0]));
    float[] map = new ScoreCam(2).map(input).values();
    for (int i = 0; i < 16; i++) {
      double expected =
          first * a.values()[all[0] * 16 + i] + (1 - first) * a.values()[all[1] * 16 + i];
      assertEquals(Math.max(0, expected), map[i], 1e-5);
    }
  }

  private static double mean(Activations a, int channel) {
    double sum = 0;
    for (float v : a.channel(channel).values()) {
      sum += v;
    }
    return sum;
  }

  /** R v of a matrix of rank 1 is known; noise turns it little. */
  @Test
  void eigenCamFindsTheFirstComponent() {
    float[] position = {0, 1, 2, 3, 4, 9};
    double mean = 19 / 6.;
    for (int channels : new int[] {2, 40}) {
      float[] values = new float[channels * 6];
      double norm = 0;
      for (int k = 0; k < channels; k++) {
        norm += (k + 1.) * (k + 1);
        for (int i = 0; i < 6; i++) {
          values[k * 6 + i] = (k + 1) * position[i] + 5;
        }
      }
      float[] map = EigenCam.map(new Activations(channels, 2, 3, values)).values();
      for (int i = 0; i < 6; i++) {
        assertEquals((position[i] - mean) * Math.sqrt(norm), map[i], 1e-4 * Math.sqrt(norm));
      }
      for (int i = 0; i < values.length; i++) {
        values[i] = -values[i];
      }
      // The map follows the magnitude of the activations.
      assertTrue(EigenCam.map(new Activations(channels, 2, 3, values)).values()[5] > 0);
    }
    float[] nothing = EigenCam.map(new Activations(2, 2, 2, new float[8])).values();
    assertArrayEquals(new float[4], nothing);
  }

  @Test
  void batchesAreNeverLargerThanTheNetworkWants() {
    Linear network = new Linear(new ArrayList<>());
    new Occlusion(new float[3])
        .map(new ExplainedInput(network, input(), Linear.outputs(input()), ofClass(0)));
    assertEquals(196, network.calls().stream().mapToInt(n -> n).sum());
    assertEquals(66, network.calls().size());
  }

  @Test
  void explainerExplainsItsOwnAnswerOrTheWantedOne() {
    Perturbations occlusion = new Perturbations(MapMethod.OCCLUSION, OptionalInt.empty());
    assertEquals(197, occlusion.passes());
    RgbImage image = new RgbImage(SIDE, SIDE, new byte[3 * PIXELS]);
    try (ForwardExplainer explainer =
        new ForwardExplainer(
            new Linear(new ArrayList<>()),
            Objective.CLASSIFICATION,
            Preprocessing.IMAGENET,
            occlusion)) {
      Explanation own =
          explainer
              .explain(List.of(new Explainer.Input("i", image, OptionalInt.empty())))
              .get(0)
              .get(0);
      assertEquals(own.topClass(), own.explained());
      Explanation other =
          explainer
              .explain(
                  List.of(new Explainer.Input("i", image, OptionalInt.of(1 - own.explained()))))
              .get(0)
              .get(0);
      for (int i = 0; i < 196; i++) {
        assertEquals(-own.cam().values()[i], other.cam().values()[i], 1e-5);
      }
      Explainer.Input wrong = new Explainer.Input("i", image, OptionalInt.of(7));
      assertThrows(IllegalArgumentException.class, () -> explainer.explain(List.of(wrong)));
      assertThrows(IllegalArgumentException.class, () -> explainer.outputs(List.of(new float[5])));
    }
  }

  @Test
  void whatCannotBeBoundedIsRefused() {
    assertEquals(9, new Perturbations(MapMethod.RISE, OptionalInt.of(8)).passes());
    for (MapMethod method : List.of(MapMethod.OCCLUSION, MapMethod.GRADCAM)) {
      assertThrows(
          IllegalArgumentException.class, () -> new Perturbations(method, OptionalInt.of(8)));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new Perturbations(MapMethod.RISE, OptionalInt.of(0)));
  }
}
