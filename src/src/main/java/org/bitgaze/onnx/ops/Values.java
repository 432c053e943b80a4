package org.bitgaze.onnx.ops;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.file.Tensors;
import org.bitgaze.onnx.ops.Operand.Activation;
import org.bitgaze.onnx.ops.Operand.Known;
import org.bitgaze.onnx.ops.Operand.Quantized;

/**
 * The values of a file's tensors while its nodes are translated, one after the other.
 *
 * @param opset the version of ONNX's operators
 * @param tensors reads tensors that are attributes
 * @param graph the graph that is built
 * @param known the values so far, by name
 * @param taken the names that nodes and outputs of the file take
 * @param notices what the user should know
 * @param settled constants that were computed and are kept in memory
 */
public record Values(
    int opset,
    Tensors tensors,
    ImportedGraph graph,
    Map<String, Operand> known,
    Set<String> taken,
    Set<String> notices,
    Settled settled) {

  /**
   * Starts with no values.
   *
   * @param opset the version of ONNX's operators
   * @param tensors reads tensors that are attributes
   * @param graph an empty graph
   */
  public Values(int opset, Tensors tensors, ImportedGraph graph) {
    this(
        opset,
        tensors,
        graph,
        new HashMap<>(),
        new HashSet<>(),
        new LinkedHashSet<>(),
        new Settled());
  }

  /**
   * Translates a node, whose inputs are known.
   *
   * @param node the node
   * @throws IllegalArgumentException if an input or attribute is invalid or not supported
   * @throws IOException if a file beside the model cannot be read
   */
  public void translate(NodeProto node) throws IOException {
    List<Optional<Operand>> inputs = new ArrayList<>();
    for (String name : node.getInputList()) {
      if (!name.isEmpty() && !known.containsKey(name)) {
        throw new IllegalArgumentException(
            "takes '" + Quoted.of(name) + "', which no node before it makes");
      }
      inputs.add(name.isEmpty() ? Optional.empty() : Optional.of(known.get(name)));
    }
    boolean constant = inputs.stream().flatMap(Optional::stream).allMatch(Known.class::isInstance);
    Operator operator = Operators.of(node.getDomain(), node.getOpType(), constant);
    boolean enough =
        inputs.size() >= operator.min()
            && inputs.size() <= operator.max()
            && inputs.stream().limit(operator.min()).allMatch(Optional::isPresent);
    if (!enough) {
      throw new IllegalArgumentException(
          "has %d inputs; it takes %d to %d"
              .formatted(inputs.size(), operator.min(), operator.max()));
    }
    Optional<Quantized> integers =
        Operators.keepsIntegers(operator.type()) ? integers(inputs) : Optional.empty();
    Attributes attributes = new Attributes(node, operator.attributes());
    operator.translation().translate(new OnnxNode(node, attributes, inputs, this, integers));
  }

  /** The meaning of the integers among the inputs; empty if there are none. */
  private static Optional<Quantized> integers(List<Optional<Operand>> inputs) {
    Quantized first = null;
    for (Optional<Operand> input : inputs) {
      if (input.orElse(null) instanceof Quantized q) {
        first = first == null ? q : first;
        if (!first.matches(q)) {
          throw new IllegalArgumentException(
              "takes integers of different scales, zero points or types");
        }
      }
    }
    return Optional.ofNullable(first);
  }

  /** Computes a constant at once, if it is small. */
  ConstantTensor settled(ConstantTensor c) {
    return settled.of(c);
  }

  /** The values that integers stand for. */
  Activation real(Quantized q) {
    if (!q.pending()) {
      return q.real();
    }
    Activation real = graph.append(graph.fresh(q.name(), ".dequantized"), q.by(), q.real());
    known.put(q.name(), new Quantized(real, false, q.by(), q.type(), q.name()));
    return real;
  }
}
