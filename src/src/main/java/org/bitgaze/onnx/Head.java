package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Clamping;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Expand;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Gather;
import org.bitgaze.network.op.HardSigmoid;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Slice;
import org.bitgaze.network.op.Sub;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.quant.FakeQuantize;

/**
 * The end of a classifier. A map explains the logit, so a softmax at the end is left out, together
 * with nodes behind it that keep the order of its probabilities.
 *
 * @param logits the tensor that is the output without them
 * @param leftOut nodes, by their first output
 * @param axis the classes' axis, as the softmax gives it; 1 if there is none
 */
record Head(String logits, Set<String> leftOut, long axis) {
  private static final Set<String> SOFTMAX = Set.of("Softmax", "LogSoftmax");

  /** ONNX Runtime keeps pairs of more than 8 bits in a domain of its own. */
  private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "com.microsoft");

  /** Nodes that keep the order of probabilities. */
  private static final Set<String> HARMLESS =
      Set.of(
          "Identity",
          "Flatten",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "QuantizeLinear",
          "DequantizeLinear",
          "Cast",
          "CastLike",
          "Clip",
          "Dropout",
          "Log");

  /** Nodes that keep it if their other operand is a positive number. */
  private static final Set<String> SCALING = Set.of("Mul", "Div", "Add", "Sub");

  /** Nodes that return the number of a class, and not scores. */
  private static final Set<String> NUMBERS = Set.of("ArgMax", "ArgMin", "TopK");

  /** Operations between a sigmoid and the output that leave it a probability of one class. */
  private static final Set<Class<? extends Op>> BEHIND_SIGMOID =
      Set.of(
          AdaptiveAvgPool2d.class,
          AddConstant.class,
          Cat.class,
          FakeQuantize.class,
          Dropout.class,
          Expand.class,
          Flatten.class,
          Gather.class,
          MulConstant.class,
          Permute.class,
          Reshape.class,
          ScalarAffine.class,
          Slice.class,
          Sub.class);

  /**
   * Follows an output back to its logits.
   *
   * @throws IllegalArgumentException if the output is the number of a class
   */
  static Head of(GraphProto graph, String output, int opset) {
    Map<String, NodeProto> makers = new HashMap<>();
    Map<String, Float> numbers = new HashMap<>();
    for (TensorProto t : graph.getInitializerList()) {
      number(t, t.getName(), numbers);
    }
    for (NodeProto node : graph.getNodeList()) {
      node.getOutputList().forEach(o -> makers.put(o, node));
      if (node.getOpType().equals("Constant") && node.getAttributeCount() == 1) {
        number(node.getAttribute(0).getT(), node.getOutput(0), numbers);
      }
    }
    Set<String> passed = new HashSet<>();
    for (String name = output; ; ) {
      NodeProto maker = makers.get(name);
      boolean known =
          maker != null
              && maker.getInputCount() > 0
              && DOMAINS.contains(maker.getDomain())
              && passed.add(maker.getOutput(0));
      if (known && NUMBERS.contains(maker.getOpType())) {
        throw new IllegalArgumentException(
            "its output is the number of a class (%s); export the scores before it, '%s'"
                .formatted(maker.getOpType(), Quoted.of(maker.getInput(0))));
      }
      if (known && SOFTMAX.contains(maker.getOpType())) {
        long axis = new Attributes(maker, Set.of("axis")).integer("axis", opset < 13 ? 1 : -1);
        return new Head(maker.getInput(0), passed, axis);
      }
      int from = known ? passing(maker, numbers) : -1;
      if (from < 0) {
        return new Head(output, Set.of(), 1);
      }
      name = maker.getInput(from);
    }
  }

  private static void number(TensorProto t, String name, Map<String, Float> numbers) {
    if (t.getDataType() == ElementType.FLOAT.code()) {
      if (t.getFloatDataCount() == 1) {
        numbers.put(name, t.getFloatData(0));
      } else if (t.getRawData().size() == Float.BYTES) {
        numbers.put(
            name, t.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getFloat());
      }
    }
  }

  /** The input whose order of elements a node keeps; -1 if it may keep none. */
  private static int passing(NodeProto node, Map<String, Float> numbers) {
    if (HARMLESS.contains(node.getOpType())) {
      return 0;
    }
    if (!SCALING.contains(node.getOpType()) || node.getInputCount() != 2) {
      return -1;
    }
    boolean adds = node.getOpType().equals("Add") || node.getOpType().equals("Sub");
    boolean symmetric = node.getOpType().equals("Mul") || node.getOpType().equals("Add");
    for (int other = symmetric ? 0 : 1; other < 2; other++) {
      Float number = numbers.get(node.getInput(other));
      if (number != null && Float.isFinite(number) && (adds || number > 0)) {
        return 1 - other;
      }
    }
    return -1;
  }

  /** Checks that the softmax was over the classes. */
  void check(int rank) {
    if (axis != 1 && axis + rank != 1) {
      throw new IllegalArgumentException("its softmax is over axis " + axis + ", not the classes");
    }
  }

  /** Whether a network chooses none of several classes: it has one output, or sigmoids. */
  static boolean isOtherTask(Graph graph, int outputs) {
    if (outputs == 1) {
      return true;
    }
    Set<String> behind = new HashSet<>(Set.of(graph.output().name()));
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (!behind.contains(node.name())) {
        continue;
      }
      Op op = node.op();
      if (op instanceof Sigmoid || op instanceof HardSigmoid) {
        return true;
      }
      if (op instanceof Clamping || BEHIND_SIGMOID.contains(op.getClass())) {
        behind.addAll(node.inputs());
      }
    }
    return false;
  }
}
