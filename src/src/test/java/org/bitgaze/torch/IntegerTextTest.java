package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.SiLU;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.Ranges;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Interpreter;
import org.bitgaze.testing.Interpreter.Value;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.IntegerCoverage;
import org.bitgaze.torch.emit.IntegerText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.runtime.LoadedModule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each integer kernel against its operation's plain meaning. */
class IntegerTextTest {
  private static final int SIDE = 8;

  /** What is computed of the quantized input, of 3 channels. */
  private record Tail(String name, boolean hasKernel, List<Node> nodes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Node node(String name, Op op, String... inputs) {
    return new Node(name, name, op, List.of(inputs));
  }

  static Stream<Tail> tails() {
    return Stream.of(
        new Tail("conv", true, List.of(node("last", Conv2d.of(3, 6, 3), "input"))),
        new Tail(
            "conv_relu",
            true,
            List.of(
                node("last", Conv2d.of(3, 6, 3).withPadding(1).withStride(2), "input"),
                node("relu", new ReLU(), "last"))),
        new Tail(
            "depthwise",
            true,
            List.of(node("last", Conv2d.of(3, 3, 3).withGroups(3).withBias(false), "input"))),
        new Tail(
            "linear",
            true,
            List.of(
                node("flatten", new Flatten(), "input"),
                node("last", new Linear(3 * SIDE * SIDE, 5), "flatten"))),
        new Tail("add", true, List.of(node("last", new Add(), "input", "second"))),
        new Tail(
            "add_relu",
            true,
            List.of(node("last", new Add(), "input", "second"), node("relu", new ReLU(), "last"))),
        new Tail("add_broadcast", false, List.of(node("last", new Add(), "input", "gate"))),
        new Tail("mul", true, List.of(node("last", new Mul(), "input", "second"))),
        new Tail("mul_broadcast", true, List.of(node("last", new Mul(), "input", "gate"))),
        new Tail("mul_gate_first", true, List.of(node("last", new Mul(), "gate", "input"))),
        new Tail("cat", true, List.of(node("last", new Cat(), "input", "second"))),
        new Tail("batch_norm", true, List.of(node("last", new BatchNorm2d(3, 1e-5), "input"))),
        new Tail(
            "batch_norm_relu",
            true,
            List.of(
                node("last", new BatchNorm2d(3, 1e-5), "input"), node("relu", new ReLU(), "last"))),
        new Tail("sigmoid", true, List.of(node("last", new Sigmoid(), "input"))),
        new Tail("silu", false, List.of(node("last", new SiLU(), "input"))),
        new Tail(
            "max_pool",
            true,
            List.of(
                node("pool", MaxPool2d.of(2, 2, 0), "input"),
                node("last", Conv2d.of(3, 6, 1), "pool"))));
  }

  /**
   * A sum on the edge of two steps may fall either way, and biases are rounded to the steps of the
   * sums: one step at most, and in one value of twenty at most.
   */
  @ParameterizedTest
  @MethodSource("tails")
  void kernelsMeanTheirOperations(Tail tail) throws IOException {
    for (String name : List.of("int8", "int8-per-channel", "int7", "int3")) {
      Precision precision = Precision.of(name);
      Graph graph = graph(tail);
      FormulaWeights weights = new FormulaWeights(graph);
      RgbImage image = image(tail.name().hashCode());
      Value pixels = normalize(image);
      Map<String, Value> exact = new Interpreter(graph, weights).run(Map.of("input", pixels));
      Network quantized =
          new Quantization.Static(precision, ranges(exact))
              .apply(new Network(graph, weights), ActivationScheme.DEPLOYMENT);
      Map<String, Value> expected = new Interpreter(quantized).run(Map.of("input", pixels));
      ProgramText text = ProgramText.ofAttributes(quantized.graph(), Size.of(SIDE));
      InputText.of(Normalization.IMAGENET).write(text);
      IntegerText integers = new IntegerText(text, quantized, quantized.graph().names());
      IntegerCoverage coverage = integers.write();
      assertEquals(tail.hasKernel(), coverage.kernels().contains("last"), tail.name());
      assertEquals(!tail.hasKernel(), coverage.simulated().contains("last"), tail.name());
      if (integers.isWide() && !Bytes8.areExact()) {
        System.out.println(tail.name() + " " + name + ": not run, " + Bytes8.REFUSED);
        continue;
      }
      // What is quantized behind the last layer, whatever comes after.
      Node output = point(quantized.graph());
      integers.bindFloats(output.name());
      text.add("return torch.contiguous(" + text.variable(output.name()) + ")");
      compare(
          tail.name() + " " + name,
          (FakeQuantize) output.op(),
          expected.get(output.name()).data(),
          run(text, quantized, image));
    }
  }

  private static void compare(String what, FakeQuantize steps, double[] expected, float[] found) {
    assertEquals(expected.length, found.length, what);
    int moved = 0;
    for (int i = 0; i < found.length; i++) {
      double apart = Math.abs(expected[i] - found[i]) / steps.scale();
      assertTrue(apart < 1.01, what + ": " + expected[i] + " and " + found[i]);
      moved += apart > 0.5 ? 1 : 0;
    }
    assertTrue(moved <= found.length / 20 + 1, what + ": " + moved + " of " + found.length);
  }

  private static Graph graph(Tail tail) {
    List<Node> nodes = new ArrayList<>();
    nodes.add(node("input", new Input(3)));
    if (tail.nodes().stream().anyMatch(n -> n.inputs().contains("second"))) {
      nodes.add(node("second", MaxPool2d.of(3, 1, 1), "input"));
    }
    if (tail.nodes().stream().anyMatch(n -> n.inputs().contains("gate"))) {
      nodes.add(node("gate", MaxPool2d.of(SIDE, SIDE, 0), "input"));
    }
    nodes.addAll(tail.nodes());
    // So that the last layer is not the network's, whose output stays in float.
    Node last = nodes.get(nodes.size() - 1);
    Op end = last.op() instanceof Linear ? new Sigmoid() : MaxPool2d.of(1, 1, 0);
    nodes.add(node("end", end, last.name()));
    return new Graph("tail", nodes);
  }

  private static Node point(Graph quantized) {
    Node next = quantized.soleConsumer("last").orElseThrow();
    return next.op() instanceof ReLU ? quantized.soleConsumer(next.name()).orElseThrow() : next;
  }

  private static Value normalize(RgbImage image) {
    double[] data = new double[3 * SIDE * SIDE];
    for (int i = 0; i < data.length; i++) {
      int c = i / (SIDE * SIDE);
      int sample = image.pixels()[i % (SIDE * SIDE) * 3 + c] & 0xff;
      Normalization n = Normalization.IMAGENET;
      data[i] = (float) ((sample / 255.0 - n.mean().get(c)) / n.std().get(c));
    }
    return new Value(new int[] {3, SIDE, SIDE}, data);
  }

  private static Ranges ranges(Map<String, Value> values) {
    Map<String, Range> all = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          double min = Arrays.stream(value.data()).min().orElseThrow();
          double max = Arrays.stream(value.data()).max().orElseThrow();
          all.put(name, new Range(min, max));
        });
    return new Ranges(all);
  }

  private static float[] run(ProgramText text, Network network, RgbImage image) throws IOException {
    try (LoadedModule module = LoadedModule.of(text, network, "images: Tensor) -> Tensor");
        NDManager manager = module.newManager()) {
      NDList in = new NDList(Batches.toArray(manager, List.of(image)));
      return module.run(in, 1).get(0).toFloatArray();
    }
  }

  private static RgbImage image(long seed) {
    byte[] pixels = new byte[SIDE * SIDE * 3];
    new Random(seed).nextBytes(pixels);
    return new RgbImage(SIDE, SIDE, pixels);
  }
}
