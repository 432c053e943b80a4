package org.bitgaze.torch.emit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.TargetView.Layout;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.ScalarType;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Slice;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.torch.runtime.LoadedModule;
import org.bitgaze.weights.TensorSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Heads of small networks whose input is the target layer's output. Each layout shows the same
 * activations, so that the maps must be the same; the head itself computes with channels first.
 */
class HeadTextTest {
  private static final int CHANNELS = 4;
  private static final int HEIGHT = 3;
  private static final int WIDTH = 5;
  private static final int PREFIX = 2;
  private static final int CLASSES = 6;
  private static final int IMAGES = 2;

  /** Activations of (images, channels, height, width), positive and negative. */
  private static final float[] ACTIVATIONS = activations();

  private static float[] activations() {
    Random random = new Random(5);
    float[] values = new float[IMAGES * CHANNELS * HEIGHT * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.3f;
    }
    return values;
  }

  private static Node node(String name, Op op, String input) {
    return new Node(name, name, op, List.of(input));
  }

  /** A network that begins with some nodes, the last of which has channels first. */
  private static Graph graph(Node... beginning) {
    List<Node> nodes = new ArrayList<>(List.of(beginning));
    nodes.add(node("relu", new ReLU(), nodes.get(nodes.size() - 1).name()));
    nodes.add(node("pool", AdaptiveAvgPool2d.of(2), "relu"));
    nodes.add(node("flatten", new Flatten(), "pool"));
    nodes.add(node("linear", new Linear(CHANNELS * 4, CLASSES), "flatten"));
    return new Graph("head", nodes);
  }

  private static Node input(String name, int channels) {
    return new Node(name, name, new Input(channels), List.of());
  }

  private record Result(float[] map, float[] logits) {}

  /** Runs a head whose target is a view of {@link #ACTIVATIONS}, made by statements. */
  private static Result run(
      Graph graph,
      Size size,
      List<String> target,
      TargetView view,
      MapMethod method,
      Score score,
      Function<NDManager, NDArray> argument)
      throws IOException {
    ProgramText text = ProgramText.ofAttributes(graph, size);
    target.forEach(text::add);
    text.bind("target", "x");
    view.check(text.shape("target"));
    Set<String> following = graph.names();
    following.removeAll(graph.ancestors("target"));
    HeadText head =
        new HeadText(text, "target", view, following, method, score, ClippingText.exposed(), true);
    head.write();
    text.add("return (torch.contiguous(cam), torch.detach(logits))");
    TensorSource weights = new FormulaWeights(graph);
    String signature =
        "images: Tensor,\n    " + score.argument() + ": Tensor) -> Tuple[Tensor, Tensor]";
    try (LoadedModule module = LoadedModule.of(text, new Network(graph, weights), signature);
        NDManager manager = module.newManager()) {
      NDArray images = manager.create(ACTIVATIONS, new Shape(IMAGES, CHANNELS, HEIGHT, WIDTH));
      NDList outputs = module.run(new NDList(images, argument.apply(manager)), 1);
      assertEquals(new Shape(IMAGES, HEIGHT, WIDTH), outputs.get(0).getShape());
      return new Result(outputs.get(0).toFloatArray(), outputs.get(1).toFloatArray());
    }
  }

  private static Result plain(MapMethod method, Score score, Function<NDManager, NDArray> argument)
      throws IOException {
    TargetView view = TargetView.of(new int[] {CHANNELS, HEIGHT, WIDTH});
    Graph graph = graph(input("target", CHANNELS));
    Size size = new Size(HEIGHT, WIDTH);
    return run(graph, size, List.of("x = images"), view, method, score, argument);
  }

  private static NDArray classes(NDManager manager) {
    return manager.create(new long[] {4, 1});
  }

  /** A weight of 1 at the class's output is the class. */
  @ParameterizedTest
  @EnumSource(
      names = {"GRADCAM_PLUS_PLUS", "TORCHCAM", "GRADCAM", "XGRADCAM", "LAYERCAM", "HIRESCAM"})
  void oneHotWeightsExplainTheClass(MapMethod method) throws IOException {
    float[] oneHot = new float[IMAGES * CLASSES];
    oneHot[4] = 1;
    oneHot[CLASSES + 1] = 1;
    Result expected = plain(method, new ClassScore(), HeadTextTest::classes);
    Result found = plain(method, new WeightedScore(), m -> weights(m, oneHot));
    assertArrayEquals(expected.map(), found.map());
    assertArrayEquals(expected.logits(), found.logits());
    float max = 0;
    for (float value : expected.map()) {
      max = Math.max(max, value);
    }
    assertTrue(max > 0, "the map is empty");
  }

  private static NDArray weights(NDManager manager, float[] weights) {
    return manager.create(weights, new Shape(IMAGES, CLASSES));
  }

  /** HiResCAM before rectification is linear in the gradient: two classes' maps add up. */
  @Test
  void weightedOutputsAddUp() throws IOException {
    double[] sum = new double[IMAGES * HEIGHT * WIDTH];
    float[] all = new float[IMAGES * CLASSES];
    float[] factors = {0.5f, -2, 0, 1.5f, 0, 0};
    for (int c = 0; c < CLASSES; c++) {
      for (float sign : new float[] {1, -1}) {
        // relu(x) - relu(-x) = x.
        float[] one = new float[IMAGES * CLASSES];
        for (int i = 0; i < IMAGES; i++) {
          one[i * CLASSES + c] = sign;
          all[i * CLASSES + c] = factors[c];
        }
        float[] map = plain(MapMethod.HIRESCAM, new WeightedScore(), m -> weights(m, one)).map();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += sign * factors[c] * map[i];
        }
      }
    }
    float[] found = plain(MapMethod.HIRESCAM, new WeightedScore(), m -> weights(m, all)).map();
    for (int i = 0; i < sum.length; i++) {
      assertEquals(Math.max(sum[i], 0), found[i], 1e-6);
    }
  }

  /** The same activations with channels last. */
  @ParameterizedTest
  @EnumSource(
      names = {"GRADCAM_PLUS_PLUS", "TORCHCAM", "GRADCAM", "XGRADCAM", "LAYERCAM", "HIRESCAM"})
  void channelsLast(MapMethod method) throws IOException {
    Graph graph =
        graph(input("target", HEIGHT), node("permute", new Permute(List.of(3, 1, 2)), "target"));
    Result found =
        run(
            graph,
            new Size(WIDTH, CHANNELS),
            List.of("x = torch.permute(images, [0, 2, 3, 1])"),
            new TargetView(Layout.CHANNELS_LAST, 0, HEIGHT, WIDTH),
            method,
            new ClassScore(),
            HeadTextTest::classes);
    assertSame(plain(method, new ClassScore(), HeadTextTest::classes), found);
  }

  /** The same activations as tokens, after others of which the answer is independent. */
  @ParameterizedTest
  @EnumSource(
      names = {"GRADCAM_PLUS_PLUS", "TORCHCAM", "GRADCAM", "XGRADCAM", "LAYERCAM", "HIRESCAM"})
  void tokens(MapMethod method) throws IOException {
    int tokens = PREFIX + HEIGHT * WIDTH;
    Graph graph =
        graph(
            input("input", 1),
            node("target", new Reshape(List.of(tokens, CHANNELS)), "input"),
            node("grid", new Slice(1, PREFIX, tokens, 1), "target"),
            node("permute", new Permute(List.of(2, 1)), "grid"),
            node("image", new Reshape(List.of(CHANNELS, HEIGHT, WIDTH)), "permute"));
    String prefix =
        "torch.full([%d, %d, %d], 7., dtype=%s, layout=None, device=None, pin_memory=None)";
    Result found =
        run(
            graph,
            new Size(tokens, CHANNELS),
            List.of(
                "prefix = " + prefix.formatted(IMAGES, PREFIX, CHANNELS, ScalarType.FLOAT32),
                "rest = torch.transpose(torch.flatten(images, 2, 3), 1, 2)",
                "x = torch.cat([prefix, rest], 1)"),
            new TargetView(Layout.TOKENS, PREFIX, HEIGHT, WIDTH),
            method,
            new ClassScore(),
            HeadTextTest::classes);
    assertSame(plain(method, new ClassScore(), HeadTextTest::classes), found);
  }

  /** Sums in another order of the memory may have other last bits. */
  private static void assertSame(Result expected, Result found) {
    assertArrayEquals(expected.logits(), found.logits(), 1e-6f);
    float max = 0;
    for (float value : expected.map()) {
      max = Math.max(max, value);
    }
    assertTrue(max > 0, "the map is empty: " + Arrays.toString(expected.map()));
    assertArrayEquals(expected.map(), found.map(), 1e-5f * max);
  }
}
