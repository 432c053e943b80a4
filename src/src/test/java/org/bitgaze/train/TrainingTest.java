package org.bitgaze.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.SiLU;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorMap;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
  private static final int SIDE = 8;
  private static final int[] LABELS = {0, 2, 1, 2};

  @TempDir private Path folder;

  /** A batch norm right after the input, so that its statistics can be computed by hand. */
  private static Graph small() {
    GraphBuilder g = new GraphBuilder("small");
    String x = g.batchNorm("norm", g.input(), 3);
    x = g.apply("act", new SiLU(), g.convNoBias("conv", x, 3, 4, 3, 2, 1));
    x = g.batchNorm("norm2", x, 4);
    x = g.apply("pool", AdaptiveAvgPool2d.of(1), x);
    x = g.apply("flatten", new Flatten(), x);
    g.apply("fc", new Linear(4, 3), x);
    return g.build();
  }

  private static List<RgbImage> images() {
    Random random = new Random(5);
    List<RgbImage> images = new ArrayList<>();
    for (int i = 0; i < LABELS.length; i++) {
      byte[] pixels = new byte[SIDE * SIDE * 3];
      random.nextBytes(pixels);
      images.add(new RgbImage(SIDE, SIDE, pixels));
    }
    return images;
  }

  private TrainingProgram program(Map<String, Tensor> parameters) throws IOException {
    Path file = folder.resolve("program.pt");
    TrainingProgram.compile(small(), SIDE, Normalization.IMAGENET, 0.1, file);
    return new TrainingProgram(file, small(), parameters, 1);
  }

  private double loss(Map<String, Tensor> parameters) throws IOException {
    try (TrainingProgram program = program(parameters)) {
      return program.gradient(images(), LABELS).loss();
    }
  }

  /** Against the difference quotient of the loss. */
  @Test
  void gradientsAreTheLossesSlopes() throws IOException {
    Map<String, Tensor> parameters = Initialization.of(small(), 3);
    parameters.put("fc.weight", random(new int[] {3, 4}));
    Map<String, Tensor> gradient;
    try (TrainingProgram program = program(parameters)) {
      gradient = program.gradient(images(), LABELS).values();
    }
    assertEquals(7, gradient.size());
    float step = 1e-2f;
    for (String name : gradient.keySet()) {
      float[] slopes = gradient.get(name).data();
      for (int i = 0; i < slopes.length; i += 5) {
        double up = loss(shifted(parameters, name, i, step));
        double down = loss(shifted(parameters, name, i, -step));
        assertEquals((up - down) / (2 * step), slopes[i], 1e-3, name + "[" + i + "]");
      }
    }
  }

  /** Against means, unbiased variances and a cross-entropy computed here. */
  @Test
  void statisticsMoveTowardsTheBatch() throws IOException {
    Map<String, Tensor> parameters = Initialization.of(small(), 3);
    parameters.put("fc.weight", new Tensor(new int[] {3, 4}, new float[12]));
    parameters.put("fc.bias", new Tensor(new int[] {3}, new float[] {1, 0, -1}));
    TensorMap after;
    double loss;
    try (TrainingProgram program = program(parameters)) {
      loss = program.gradient(images(), LABELS).loss();
      after = program.parameters();
    }
    double[] mean = {0.485, 0.456, 0.406};
    double[] std = {0.229, 0.224, 0.225};
    for (int c = 0; c < 3; c++) {
      double sum = 0;
      double squares = 0;
      int n = 0;
      for (RgbImage image : images()) {
        for (int i = c; i < image.pixels().length; i += 3) {
          double x = ((image.pixels()[i] & 0xff) / 255.0 - mean[c]) / std[c];
          sum += x;
          squares += x * x;
          n++;
        }
      }
      double variance = (squares - sum * sum / n) / (n - 1);
      assertEquals(0.1 * sum / n, after.read("norm.running_mean").data()[c], 1e-5);
      assertEquals(0.9 + 0.1 * variance, after.read("norm.running_var").data()[c], 1e-5);
    }
    // With no weights in the last layer, the logits are its biases: 1, 0, -1.
    double z = Math.log(Math.exp(1) + 1 + Math.exp(-1));
    double[] logits = {1, 0, -1};
    double expected = 0;
    for (int label : LABELS) {
      expected += z - 0.9 * logits[label] - 0.1 * (1 + 0 - 1) / 3.0;
    }
    assertEquals(expected / LABELS.length, loss, 1e-5);
  }

  @Test
  void trainingIsSeeded() throws IOException {
    Training.Plan plan = new Training.Plan(4, 3, 4, 1e-3, 2);
    Training training = new Training(Architecture.SQUEEZENET1_0, 12, plan);
    List<Double> losses = new ArrayList<>();
    TensorMap one = training.run((number, step) -> losses.add(step.loss()));
    TensorMap two = training.run((number, step) -> losses.add(step.loss()));
    assertEquals(6, losses.size());
    assertEquals(losses.subList(0, 3), losses.subList(3, 6));
    String last = "classifier.1.weight";
    assertArrayEquals(one.read(last).data(), two.read(last).data());
    float[] before = Initialization.of(Architecture.SQUEEZENET1_0.graph(12), 4).get(last).data();
    assertTrue(!java.util.Arrays.equals(before, one.read(last).data()));
  }

  @Test
  void transformersAreStoredByTheNamesOfTorchvision() throws IOException {
    TensorMap trained =
        new Training(Architecture.VIT_SCENES, 12, new Training.Plan(4, 1, 2, 1e-3, 1))
            .run((number, step) -> {});
    assertEquals(Architecture.VIT_SCENES.stateDict(12).keySet(), trained.names());
    assertArrayEquals(new int[] {1, 197, 128}, trained.shape("encoder.pos_embedding"));
  }

  @Test
  void computedParametersCannotBeTrained() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Training(Architecture.SWIN_T, 12, new Training.Plan(4, 1, 4, 1e-3, 1)));
    assertTrue(e.getMessage().contains("swin_t cannot be trained"), e.getMessage());
  }

  private static Tensor random(int[] shape) {
    Random random = new Random(8);
    float[] data = new float[(int) Tensor.elements(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextGaussian();
    }
    return new Tensor(shape, data);
  }

  private static Map<String, Tensor> shifted(
      Map<String, Tensor> parameters, String name, int index, float by) {
    Map<String, Tensor> all = new LinkedHashMap<>(parameters);
    float[] data = parameters.get(name).data().clone();
    data[index] += by;
    all.put(name, new Tensor(parameters.get(name).shape(), data));
    return all;
  }
}
