package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.op.Op;
import org.bitgaze.onnx.Operand.Activation;

/** A file's node while it is translated: what it takes, what it says, and where its outputs go. */
final class OnnxNode {
  /** Elements that a node may make out of nothing: no shape arithmetic needs as many. */
  private static final int MOST_GENERATED = 1 << 20;

  private final NodeProto proto;
  private final Attributes attributes;
  private final List<Optional<Operand>> inputs;
  private final Tensors tensors;
  private final GraphWriter graph;
  private final Map<String, Operand> known;
  private final Set<String> taken;

  OnnxNode(
      NodeProto proto,
      Attributes attributes,
      List<Optional<Operand>> inputs,
      Tensors tensors,
      GraphWriter graph,
      Map<String, Operand> known,
      Set<String> taken) {
    this.proto = proto;
    this.attributes = attributes;
    this.inputs = inputs;
    this.tensors = tensors;
    this.graph = graph;
    this.known = known;
    this.taken = taken;
  }

  String type() {
    return proto.getOpType();
  }

  Attributes attributes() {
    return attributes;
  }

  GraphWriter graph() {
    return graph;
  }

  List<Operand> inputs() {
    return inputs.stream().flatMap(Optional::stream).toList();
  }

  /** An input that may be absent. */
  Optional<Operand> input(int i) {
    return i < inputs.size() ? inputs.get(i) : Optional.empty();
  }

  /** A constant that may be absent. */
  Optional<Constant> optional(int i) {
    return input(i).map(x -> constant(i));
  }

  boolean isConstant(int i) {
    return input(i).filter(Constant.class::isInstance).isPresent();
  }

  boolean isActivation(int i) {
    return input(i).filter(Activation.class::isInstance).isPresent();
  }

  Constant constant(int i) {
    if (input(i).orElse(null) instanceof Constant c) {
      return c;
    }
    throw new IllegalArgumentException("input " + i + " is not a constant");
  }

  Activation activation(int i) {
    Operand operand = input(i).orElse(null);
    if (operand instanceof Activation v) {
      return v;
    }
    throw new IllegalArgumentException(
        "input "
            + i
            + (operand instanceof Operand.Quantized
                ? " is quantized, and no DequantizeLinear follows"
                : " is not a tensor that images decide"));
  }

  /** The first input, which must have channels, height and width. */
  Activation image() {
    Activation v = activation(0);
    if (v.rank() != 4) {
      throw new IllegalArgumentException("takes images, but gets " + Arrays.toString(v.shape()));
    }
    return v;
  }

  /** Reads a tensor that is an attribute. */
  Constant read(TensorProto tensor) throws IOException {
    return tensors.read(tensor);
  }

  int outputs() {
    return proto.getOutputCount();
  }

  /** Whether somebody may take an output. */
  boolean hasOutput(int i) {
    return i < proto.getOutputCount() && !proto.getOutput(i).isEmpty();
  }

  /** Says what the first output is. */
  void define(Operand value) {
    define(0, value);
  }

  /** Says what an output is. */
  void define(int i, Operand value) {
    if (!hasOutput(i)) {
      throw new IllegalArgumentException("has no output " + i);
    }
    if (known.put(proto.getOutput(i), value) != null) {
      throw new IllegalArgumentException(
          "makes '" + Quoted.of(proto.getOutput(i)) + "', which is there already");
    }
  }

  /** Makes the first output a node of the graph. */
  Activation emit(Op op, Activation... inputs) {
    return emit(0, op, inputs);
  }

  /** Makes an output a node of the graph. */
  Activation emit(int i, Op op, Activation... inputs) {
    if (!hasOutput(i)) {
      throw new IllegalArgumentException("has no output " + i);
    }
    Activation made = graph.append(proto.getOutput(i), op, inputs);
    define(i, made);
    return made;
  }

  /** Adds a node whose output is none of the file's tensors. */
  Activation between(String suffix, Op op, Activation... inputs) {
    return graph.append(graph.fresh(proto.getOutput(0), suffix), op, inputs);
  }

  /** Refuses outputs that only training has, if somebody takes them. */
  void requireOneOutput() {
    for (int i = 1; i < proto.getOutputCount(); i++) {
      if (hasOutput(i) && taken.contains(proto.getOutput(i))) {
        throw new IllegalArgumentException(
            "output " + i + ", '" + Quoted.of(proto.getOutput(i)) + "', is not supported");
      }
    }
  }

  /** Counts an axis from the front; the batch's is refused. */
  static int axis(long axis, int rank) {
    long a = axis < 0 ? axis + rank : axis;
    if (a < 1 || a >= rank) {
      throw new IllegalArgumentException("axis " + axis + " of " + rank + " is not supported");
    }
    return (int) a;
  }

  /** Sizes that are an attribute up to an operator set, and from there an input. */
  Optional<int[]> axes(String attribute, int input) {
    Optional<int[]> given = optional(input).map(Constant::ints);
    return given.isPresent() ? given : attributes.ints(attribute);
  }

  /** Checks the size of a constant that is made out of nothing. */
  static int[] generated(int[] shape) {
    if (Constant.size(shape) > MOST_GENERATED) {
      throw new IllegalArgumentException("makes a constant of " + Arrays.toString(shape));
    }
    return shape;
  }
}
