package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.file.Tensors;

/**
 * Bounds of what a file may say before another runtime runs it. ONNX Runtime checks most, but a
 * stride of 0, for example, makes it divide by zero, which ends the process.
 */
final class NodeBounds {
  /** Sizes of windows, steps and blocks. */
  private static final Set<String> POSITIVE =
      Set.of(
          "block_size",
          "blocksize",
          "dilations",
          "group",
          "groups",
          "hidden_size",
          "kernel_shape",
          "num_groups",
          "num_heads",
          "num_outputs",
          "output_height",
          "output_width",
          "sampling_ratio",
          "size",
          "strides",
          "upscale_factor");

  /** Attributes of these names may be 0, which means that there are no blocks, or an own choice. */
  private static final Set<String> MAY_BE_ZERO = Set.of("block_size", "sampling_ratio");

  private static final long MAX = 1 << 16;

  /** Elements of a tensor that a node makes out of a few numbers. */
  private static final long MAX_GENERATED = 1L << 28;

  /** Operators that make a tensor of a shape that is an input. */
  private static final Map<String, Integer> GENERATORS =
      Map.of("ConstantOfShape", 0, "Expand", 1, "Tile", 1, "Resize", 3);

  private final Tensors tensors;
  private final Map<String, TensorProto> constants = new HashMap<>();

  NodeBounds(Tensors tensors) {
    this.tensors = tensors;
  }

  /**
   * Checks a graph and the graphs within its nodes.
   *
   * @throws IllegalArgumentException if a number is out of bounds, naming node and attribute, or a
   *     tensor's data does not fit its shape
   * @throws IOException if a tensor cannot be read
   */
  void check(GraphProto graph) throws IOException {
    for (TensorProto t : graph.getInitializerList()) {
      check(t);
      constants.put(t.getName(), t);
    }
    for (NodeProto node : graph.getNodeList()) {
      for (AttributeProto a : node.getAttributeList()) {
        check(node, a);
      }
      if (node.getOpType().equals("Constant") && node.getOutputCount() == 1) {
        node.getAttributeList().stream()
            .filter(AttributeProto::hasT)
            .forEach(a -> constants.put(node.getOutput(0), a.getT()));
      }
      checkGenerated(node);
    }
  }

  private void check(TensorProto t) throws IOException {
    // Strings and 8-bit floats are not read here.
    boolean known = t.getDataType() != 8 && (t.getDataType() < 17 || t.getDataType() == 21);
    if (known && t.getDataType() != 14 && t.getDataType() != 15) {
      tensors.read(t);
    }
  }

  private void check(NodeProto node, AttributeProto a) throws IOException {
    if (POSITIVE.contains(a.getName())) {
      long least = MAY_BE_ZERO.contains(a.getName()) ? 0 : 1;
      LongStream.concat(
              a.hasI() ? LongStream.of(a.getI()) : LongStream.empty(),
              a.getIntsList().stream().mapToLong(v -> v))
          .filter(v -> v < least || v > MAX)
          .findFirst()
          .ifPresent(v -> refuse(node, a.getName() + " " + v, least));
    } else if (a.getName().equals("pads")) {
      a.getIntsList().stream()
          .filter(v -> Math.abs(v) > MAX)
          .findFirst()
          .ifPresent(v -> refuse(node, "pads " + v, -MAX));
    }
    if (a.hasT()) {
      check(a.getT());
    }
    for (TensorProto t : a.getTensorsList()) {
      check(t);
    }
    if (a.hasG()) {
      check(a.getG());
    }
    for (GraphProto g : a.getGraphsList()) {
      check(g);
    }
  }

  private static void refuse(NodeProto node, String what, long least) {
    String name =
        node.getName().isEmpty() ? String.join(",", node.getOutputList()) : node.getName();
    throw new IllegalArgumentException(
        "node '%s' (%s) has %s; %d to %d is expected"
            .formatted(Quoted.of(name), Quoted.of(node.getOpType()), what, least, MAX));
  }

  /** A shape that is known must not ask for more memory than any network needs. */
  private void checkGenerated(NodeProto node) throws IOException {
    int at = GENERATORS.getOrDefault(node.getOpType(), -1);
    TensorProto shape =
        at < 0 || at >= node.getInputCount() ? null : constants.get(node.getInput(at));
    if (shape == null || (shape.getDataType() != 7 && shape.getDataType() != 6)) {
      return;
    }
    ConstantTensor sizes = tensors.read(shape);
    double elements = 1;
    for (int i = 0; i < Math.min(sizes.size(), 64); i++) {
      elements *= Math.max(1, sizes.at(i));
    }
    if (elements > MAX_GENERATED) {
      throw new IllegalArgumentException(
          "node '%s' (%s) makes a tensor of %s: too large"
              .formatted(
                  Quoted.of(node.getName()),
                  Quoted.of(node.getOpType()),
                  Arrays.toString(sizes.ints())));
    }
  }
}
