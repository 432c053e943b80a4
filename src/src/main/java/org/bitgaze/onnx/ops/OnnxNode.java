package org.bitgaze.onnx.ops;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Op;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.ops.Operand.Activation;
import org.bitgaze.onnx.ops.Operand.Known;
import org.bitgaze.onnx.ops.Operand.Quantized;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Precision.IntegerRange;

/** A node of the file while it is translated: inputs, attributes and outputs. */
final class OnnxNode {
  /** Elements that a node may make out of a few; shape arithmetic needs less. */
  private static final int MAX_GENERATED = 1 << 24;

  private final NodeProto proto;
  private final Attributes attributes;
  private final List<Optional<Operand>> inputs;
  private final Values values;

  /** The meaning of the integers that the node takes; empty where it takes real numbers. */
  private final Optional<Quantized> integers;

  OnnxNode(
      NodeProto proto,
      Attributes attributes,
      List<Optional<Operand>> inputs,
      Values values,
      Optional<Quantized> integers) {
    this.proto = proto;
    this.attributes = attributes;
    this.inputs = inputs;
    this.values = values;
    this.integers = integers;
  }

  String type() {
    return proto.getOpType();
  }

  Attributes attributes() {
    return attributes;
  }

  ImportedGraph graph() {
    return values.graph();
  }

  int opset() {
    return values.opset();
  }

  /** Adds a notice for the user. */
  void notice(String text) {
    values.notices().add(text);
  }

  List<Operand> inputs() {
    return inputs.stream().flatMap(Optional::stream).toList();
  }

  /** An input that may be absent. */
  Optional<Operand> input(int i) {
    return i < inputs.size() ? inputs.get(i) : Optional.empty();
  }

  /** A constant that may be absent. */
  Optional<ConstantTensor> optional(int i) {
    return input(i).map(x -> constant(i));
  }

  boolean isConstant(int i) {
    return input(i).filter(Known.class::isInstance).isPresent();
  }

  boolean isActivation(int i) {
    Operand operand = input(i).orElse(null);
    return operand instanceof Activation || (operand instanceof Quantized && integers.isPresent());
  }

  ConstantTensor constant(int i) {
    if (input(i).orElse(null) instanceof Known known) {
      return known.value();
    }
    throw new IllegalArgumentException("input " + i + " is not a constant");
  }

  /** All inputs, which are constants. */
  List<ConstantTensor> constants() {
    return inputs().stream().map(x -> ((Known) x).value()).toList();
  }

  /** A tensor, viewed as the file has it. */
  Activation activation(int i) {
    Operand operand = input(i).orElse(null);
    if (operand instanceof Activation v) {
      return v;
    }
    if (operand instanceof Quantized q && integers.isPresent()) {
      return values.real(q);
    }
    throw new IllegalArgumentException(
        "input "
            + i
            + (operand instanceof Quantized
                ? " is quantized, and no DequantizeLinear follows"
                : " does not depend on the image"));
  }

  /** A tensor, stored as the file has it. */
  Activation plain(int i) {
    return graph().plain(activation(i));
  }

  /** The first input as images or lines, perhaps of several windows. */
  ImageView images() {
    return ImageView.of(this, activation(0));
  }

  /** The first input, which must have channels, height and width, stored in this order. */
  Activation image() {
    Activation v = activation(0);
    if (v.rank() != 4 || v.shape()[0] != 1) {
      throw new IllegalArgumentException("takes images, but gets " + Arrays.toString(v.shape()));
    }
    return graph().plain(graph().batchAt(v, 0));
  }

  /** The first input's sizes, whether it is a constant or depends on the image. */
  int[] shape() {
    return isConstant(0) ? constant(0).shape() : activation(0).shape();
  }

  /** The values that integers stand for. */
  Activation real(Quantized q) {
    return values.real(q);
  }

  /** The real value of a number that may be one of the integers that the node takes. */
  double real(double number) {
    return integers.map(q -> q.value(number)).orElse(number);
  }

  /**
   * Narrows the range of integers that were just quantized, if it contains the zero point.
   *
   * @return whether the first output is set
   */
  boolean narrow(double low, double high) {
    if (!(input(0).orElse(null) instanceof Quantized q)) {
      return false;
    }
    IntegerRange all = q.by().integers();
    int qmin = (int) Math.max(all.qmin(), Math.ceil(low));
    int qmax = (int) Math.min(all.qmax(), Math.floor(high));
    int zero = q.by().zeroPoint();
    if (!q.pending() || qmin > zero || qmax < zero || qmin == qmax) {
      return false;
    }
    FakeQuantize by = new FakeQuantize(q.by().scale(), zero, new IntegerRange(qmin, qmax));
    define(new Quantized(q.real(), true, by, q.type(), output()));
    return true;
  }

  /** Refuses integers, where the result on them is rounded. */
  void requireReal() {
    if (integers.isPresent()) {
      throw new IllegalArgumentException("computes new values of integers, which is not supported");
    }
  }

  /** Reads a tensor that is an attribute. */
  ConstantTensor read(TensorProto tensor) throws IOException {
    return values.tensors().read(tensor);
  }

  int outputs() {
    return proto.getOutputCount();
  }

  /** Whether an output has a name. */
  boolean hasOutput(int i) {
    return i < proto.getOutputCount() && !proto.getOutput(i).isEmpty();
  }

  String output() {
    return proto.getOutput(0);
  }

  /** Sets the first output. */
  void define(ConstantTensor value) {
    define(0, new Known(values.settled(value)));
  }

  /** Sets the first output. */
  void define(Operand value) {
    define(0, value);
  }

  /** Sets an output. */
  void define(int i, Operand value) {
    if (!hasOutput(i)) {
      throw new IllegalArgumentException("has no output " + i);
    }
    String name = proto.getOutput(i);
    Operand made =
        integers.isPresent() && value instanceof Activation x
            ? new Quantized(x, false, integers.get().by(), integers.get().type(), name)
            : value;
    if (values.known().putIfAbsent(name, made) != null) {
      throw new IllegalArgumentException(
          "makes '" + Quoted.of(name) + "', which another node makes already");
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
    Activation made = graph().append(proto.getOutput(i), op, inputs);
    define(i, made);
    return made;
  }

  /** Makes the first output a view of a node of the graph. */
  Activation emitView(int[] view, Op op, Activation... inputs) {
    Activation made = graph().append(output(), op, inputs).viewed(view);
    define(made);
    return made;
  }

  /** Adds a node whose output is none of the file's tensors. */
  Activation between(String suffix, Op op, Activation... inputs) {
    return graph().append(graph().fresh(proto.getOutput(0), suffix), op, inputs);
  }

  /** Whether a node, or the file, takes an output. */
  boolean isTaken(int i) {
    return hasOutput(i) && values.taken().contains(proto.getOutput(i));
  }

  /** Refuses outputs that only training has, if another node takes them. */
  void requireOneOutput() {
    for (int i = 1; i < proto.getOutputCount(); i++) {
      if (isTaken(i)) {
        throw new IllegalArgumentException(
            "output " + i + ", '" + Quoted.of(proto.getOutput(i)) + "', is not supported");
      }
    }
  }

  /** Counts an axis of a tensor from the front; the batch's is refused. */
  static int axis(long axis, Activation x) {
    int a = axis(axis, x.rank());
    if (x.order()[a] == 0) {
      throw new IllegalArgumentException(
          "axis %d of %s is the batch: images would be mixed"
              .formatted(axis, Arrays.toString(x.shape())));
    }
    return a;
  }

  /** Counts an axis from the front. */
  static int axis(long axis, int rank) {
    long a = axis < 0 ? axis + rank : axis;
    if (a < 0 || a >= rank) {
      throw new IllegalArgumentException("axis " + axis + " of " + rank + " dimensions");
    }
    return (int) a;
  }

  /** Numbers that are an attribute up to an operator set, and from there an input. */
  Optional<int[]> ints(String attribute, int input) {
    Optional<int[]> given = optional(input).map(ConstantTensor::ints);
    return given.isPresent() ? given : attributes.ints(attribute);
  }

  /** A number that is an attribute up to an operator set, and from there an input. */
  Optional<Double> number(String attribute, int input) {
    Optional<Double> given = optional(input).map(c -> c.scalar(attribute));
    return given.isPresent() || !attributes.has(attribute)
        ? given
        : Optional.of((double) attributes.real(attribute, 0));
  }

  /** Counts the elements of an array that is about to be made. */
  void reserve(int elements) {
    values.settled().reserve(elements);
  }

  /** The elements of a constant, counted as memory that the file takes. */
  double[] array(ConstantTensor c) {
    reserve(c.size());
    return IntStream.range(0, c.size()).mapToDouble(c.elements()).toArray();
  }

  /** Checks the size of a constant that is made out of a few numbers. */
  static int[] generated(int[] shape) {
    if (ConstantTensor.size(shape) > MAX_GENERATED) {
      throw new IllegalArgumentException("makes a constant of " + Arrays.toString(shape));
    }
    return shape;
  }
}
