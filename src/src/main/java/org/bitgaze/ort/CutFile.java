package org.bitgaze.ort;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.OnnxException;

/**
 * A file cut at the target layer, in memory. The cut is at the tensor as it flows: where the target
 * is the output of a DequantizeLinear, at that node's quantized input, so that integer kernels are
 * fused on both sides.
 *
 * @param file the whole file
 * @param tensor where it is cut
 * @param quantized scale and zero point of the tensor's elements; empty if they are real numbers
 */
record CutFile(DeployedFile file, String tensor, Optional<Step> quantized) {
  /** Nodes that only move elements, or choose some of them. */
  private static final Set<String> MOVING =
      Set.of("Flatten", "Identity", "MaxPool", "Reshape", "Squeeze", "Transpose", "Unsqueeze");

  /**
   * What a quantized number q means: (q - zero) * scale.
   *
   * @param scale in float32
   * @param zero the number that means 0
   */
  record Step(float scale, int zero) {}

  /**
   * Cuts a file.
   *
   * @param file the whole file
   * @param target a tensor of the file, or of the float network from which it was made
   * @return the cut
   * @throws OnnxException if there is no such tensor, or its scale is unknown
   */
  static CutFile of(DeployedFile file, String target) throws OnnxException {
    GraphProto graph = file.model().getGraph();
    Map<String, NodeProto> makers = DeployedFile.makers(graph);
    String found = target;
    if (!makers.containsKey(found) && makers.containsKey(target + "_quantized")) {
      found = target + "_quantized";
    }
    NodeProto maker = makers.get(found);
    if (maker == null) {
      throw new OnnxException(
          "%s: no node computes the target layer '%s'".formatted(file.path(), target), null);
    }
    if (maker.getOpType().equals("DequantizeLinear")) {
      found = maker.getInput(0);
    } else {
      List<NodeProto> readers = readers(graph, found);
      if (readers.size() == 1 && readers.get(0).getOpType().equals("QuantizeLinear")) {
        found = readers.get(0).getOutput(0);
      }
    }
    return new CutFile(file, found, step(file, found, new HashSet<>()));
  }

  static List<NodeProto> readers(GraphProto graph, String tensor) {
    return graph.getNodeList().stream().filter(n -> n.getInputList().contains(tensor)).toList();
  }

  /**
   * Finds what a tensor's numbers mean. Nodes that read quantized numbers have their scale and zero
   * point as the next two inputs.
   *
   * @param seen tensors that were passed already
   */
  static Optional<Step> step(DeployedFile file, String tensor, Set<String> seen)
      throws OnnxException {
    if (!seen.add(tensor)) {
      return Optional.empty();
    }
    for (NodeProto reader : readers(file.model().getGraph(), tensor)) {
      String type = reader.getOpType();
      if (type.equals("DequantizeLinear") || type.startsWith("QLinear") || type.equals("QGemm")) {
        int at = reader.getInputList().indexOf(tensor);
        Optional<ConstantTensor> scale = input(file, reader, at + 1);
        Optional<ConstantTensor> zero = input(file, reader, at + 2);
        if (scale.isPresent() && scale.get().size() == 1) {
          return Optional.of(
              new Step((float) scale.get().at(0), zero.map(z -> (int) z.at(0)).orElse(0)));
        }
      } else if (MOVING.contains(type)) {
        Optional<Step> next = step(file, reader.getOutput(0), seen);
        if (next.isPresent()) {
          return next;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<ConstantTensor> input(DeployedFile file, NodeProto node, int index)
      throws OnnxException {
    return index < node.getInputCount() ? file.constant(node.getInput(index)) : Optional.empty();
  }

  /** {@return the whole file, which returns the tensor, too} */
  ModelProto front() {
    ModelProto model = file.model();
    boolean isOutput =
        model.getGraph().getOutputList().stream().anyMatch(o -> o.getName().equals(tensor));
    if (isOutput) {
      return model;
    }
    ValueInfoProto output = ValueInfoProto.newBuilder().setName(tensor).build();
    return model.toBuilder().setGraph(model.getGraph().toBuilder().addOutput(output)).build();
  }

  /**
   * Makes a file of what follows from the tensor.
   *
   * @param type ONNX's number of the tensor's type
   * @param shape of the tensor for one image
   * @return a model whose input is the tensor, for any number of images
   * @throws UnsupportedOperationException if more than the tensor and constants are needed
   */
  ModelProto back(int type, long[] shape) {
    GraphProto graph = file.model().getGraph();
    Map<String, NodeProto> makers = DeployedFile.makers(graph);
    Set<NodeProto> wanted = new HashSet<>();
    Set<String> constants = new HashSet<>();
    graph.getInitializerList().forEach(t -> constants.add(t.getName()));
    Set<String> read = new HashSet<>(Set.of(tensor));
    Deque<String> open = new ArrayDeque<>(file.outputs());
    while (!open.isEmpty()) {
      String name = open.pop();
      if (name.isEmpty() || !read.add(name) || constants.contains(name)) {
        continue;
      }
      NodeProto maker = makers.get(name);
      if (maker == null) {
        throw new UnsupportedOperationException(
            ("%s: what follows the target layer '%s' also needs '%s'; this method needs a target"
                    + " layer that everything passes through")
                .formatted(file.path(), tensor, name));
      }
      if (wanted.add(maker)) {
        open.addAll(maker.getInputList());
        // Graphs within nodes may read any tensor.
        maker.getAttributeList().forEach(a -> outer(a.getG(), open, makers, constants));
      }
    }
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (int i = 0; i < shape.length; i++) {
      if (i == 0 && !file.oneByOne()) {
        dimensions.addDimBuilder().setDimParam("bitgaze_images");
      } else {
        dimensions.addDimBuilder().setDimValue(shape[i]);
      }
    }
    TypeProto.Tensor tensorType =
        TypeProto.Tensor.newBuilder().setElemType(type).setShape(dimensions).build();
    GraphProto.Builder back =
        graph.toBuilder()
            .clearNode()
            .clearInitializer()
            .clearInput()
            .clearOutput()
            .clearValueInfo();
    graph.getNodeList().stream().filter(wanted::contains).forEach(back::addNode);
    graph.getInitializerList().stream()
        .filter(t -> read.contains(t.getName()))
        .forEach(back::addInitializer);
    back.addInput(
        ValueInfoProto.newBuilder()
            .setName(tensor)
            .setType(TypeProto.newBuilder().setTensorType(tensorType)));
    graph.getOutputList().stream()
        .filter(o -> file.outputs().contains(o.getName()))
        .forEach(back::addOutput);
    return file.model().toBuilder().setGraph(back).build();
  }

  private static void outer(
      GraphProto inner, Deque<String> open, Map<String, NodeProto> makers, Set<String> constants) {
    for (NodeProto node : inner.getNodeList()) {
      for (String name : node.getInputList()) {
        if (makers.containsKey(name) || constants.contains(name)) {
          open.add(name);
        }
      }
      node.getAttributeList().forEach(a -> outer(a.getG(), open, makers, constants));
    }
  }
}
