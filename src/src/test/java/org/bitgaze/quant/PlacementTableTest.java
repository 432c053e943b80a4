package org.bitgaze.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.Network;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.AddMask;
import org.bitgaze.network.op.Interpolate;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Softmax;
import org.bitgaze.quant.Precision.IntegerRange;
import org.bitgaze.testing.FormulaWeights;
import org.junit.jupiter.api.Test;

class PlacementTableTest {
  /** Operations that move, select, clamp, scale or average values, or add a mask. */
  private static final Set<String> WITHOUT_POINT =
      Set.of(
          "AdaptiveAvgPool2d",
          "AddMask",
          "AvgPool2d",
          "Clamp",
          "Constant",
          "Dropout",
          "Expand",
          "Flatten",
          "Gather",
          "KeyedDropout",
          "MaxPool2d",
          "Outputs",
          "Pad",
          "Permute",
          "ReLU",
          "ReLU6",
          "Reshape",
          "Roll",
          "ScalarAffine",
          "Slice");

  private static Graph graph(Op op) {
    GraphBuilder g = new GraphBuilder("g");
    g.apply("op", op, g.input());
    return g.build();
  }

  private static Op quantized(Op op, ActivationScheme scheme, Quantization quantization) {
    Graph graph = graph(op);
    Network network = new Network(graph, new FormulaWeights(graph));
    return quantization.apply(network, scheme).graph().node("op" + FakeQuantize.SUFFIX).op();
  }

  private static Quantization calibrated(String precision) {
    Ranges ranges = new Ranges(Map.of("input", new Range(-1, 1), "op", new Range(-3, 40)));
    return new Quantization.Static(Precision.of(precision), ranges);
  }

  @Test
  void aFixedRangeIsNotCalibrated() {
    ActivationScheme scheme = ActivationScheme.DEPLOYMENT;
    for (Op softmax : List.of(new Softmax(1), new Softmax(3))) {
      IntegerRange bytes = new IntegerRange(0, 255);
      FakeQuantize expected = new FakeQuantize(1f / 255, 0, bytes);
      assertEquals(expected, quantized(softmax, scheme, calibrated("int8")));
      assertEquals(
          expected, quantized(softmax, scheme, new Quantization.Dynamic(Precision.of("int8"))));
      assertEquals(
          new FakeQuantize(1f / 15, 0, new IntegerRange(0, 15)),
          quantized(softmax, scheme, calibrated("int4")));
    }
    Ranges none = new Ranges(Map.of("input", new Range(-1, 1)));
    quantized(new Softmax(1), scheme, new Quantization.Static(Precision.of("int8"), none));
  }

  /** PyTorch's default observer of a sigmoid: 256 steps of 1/256, whatever the precision. */
  @Test
  void fixedParametersHoldAtEveryPrecision() {
    for (String precision : List.of("int4", "int8", "int16")) {
      assertEquals(
          new FakeQuantize(1f / 256, 0, new IntegerRange(0, 255)),
          quantized(new Sigmoid(), ActivationScheme.PAPER, calibrated(precision)));
    }
    assertEquals(
        new Range(-3, 40).affine(new IntegerRange(0, 255)),
        quantized(new Sigmoid(), ActivationScheme.DEPLOYMENT, calibrated("int8")));
  }

  @Test
  void someOperationsOfAClassHaveAPoint() {
    PlacementTable table = PlacementTable.FUSED;
    Size size = Size.of(3);
    assertTrue(table.row(new Interpolate(size, Interpolate.Kind.LINEAR)).isPresent());
    assertTrue(table.row(new Interpolate(size, Interpolate.Kind.NEAREST)).isEmpty());
    assertTrue(table.row(new ReLU()).isEmpty());
    assertTrue(table.row(new MulConstant(List.of(4, 1))).isPresent());
    assertTrue(table.row(new MulConstant(List.of(1, 1))).isEmpty());
    assertTrue(table.row(new AddConstant(List.of(1, 4))).isPresent());
    assertTrue(table.row(new AddConstant(List.of(1))).isEmpty());
    assertTrue(table.row(new AddMask(List.of(4, 4))).isEmpty());
    assertTrue(table.row(AdaptiveAvgPool2d.of(1)).isEmpty());
  }

  /** A new operation must be decided about: a row, or a name in this test. */
  @Test
  void noOperationIsForgotten() throws IOException, URISyntaxException {
    Path folder = Path.of(Op.class.getResource("Op.class").toURI()).getParent();
    Set<String> operations = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        if (isOperation(Op.class.getPackageName() + "." + name)) {
          operations.add(name);
        }
      }
    }
    Set<String> decided = new TreeSet<>(WITHOUT_POINT);
    PlacementTable.FUSED.rows().keySet().forEach(op -> decided.add(op.getSimpleName()));
    assertEquals(operations, decided);
  }

  private static boolean isOperation(String name) {
    try {
      Class<?> type = Class.forName(name);
      return type.isRecord() && Op.class.isAssignableFrom(type);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
