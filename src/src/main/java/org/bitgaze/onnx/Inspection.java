package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is in an ONNX file, whether it can be compiled or not.
 *
 * @param opset the version of ONNX's operators
 * @param inputs name to sizes, such as {@code N x 3 x 224 x 224}
 * @param outputs likewise
 * @param operators how often each is there
 * @param problems what is not supported, each by node, operator and attribute
 * @param network the network; nothing if there are problems
 */
public record Inspection(
    int opset,
    Map<String, String> inputs,
    Map<String, String> outputs,
    SortedMap<String, Integer> operators,
    List<String> problems,
    Optional<OnnxNetwork> network) {

  /**
   * Looks into a file.
   *
   * @param file an ONNX model
   * @param input what the file does not say of its input
   * @return what is in it
   * @throws OnnxException if it is no model or damaged
   * @throws IOException if it cannot be read
   */
  public static Inspection of(Path file, InputDescription input) throws IOException {
    OnnxFile read = OnnxFile.read(file);
    GraphProto graph = read.model().getGraph();
    Set<String> tensors =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    SortedMap<String, Integer> operators = new TreeMap<>();
    for (NodeProto node : graph.getNodeList()) {
      String domain = node.getDomain().isEmpty() ? "" : node.getDomain() + ".";
      operators.merge(Quoted.of(domain + node.getOpType()), 1, Integer::sum);
    }
    List<String> problems = new ArrayList<>();
    Optional<OnnxNetwork> network = Optional.empty();
    try {
      Importer importer = new Importer(read, input, problem -> problems.add(problem.getMessage()));
      network = Optional.of(importer.classifier(false));
      network.get().requireFinite();
    } catch (OnnxException e) {
      problems.add(e.getMessage());
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      // Without all of its nodes there is no output; what they lack was said.
      if (problems.isEmpty()) {
        problems.add(e.getMessage());
      }
    }
    return new Inspection(
        read.opset(),
        named(graph.getInputList().stream().filter(i -> !tensors.contains(i.getName())).toList()),
        named(graph.getOutputList()),
        operators,
        problems,
        network.filter(n -> problems.isEmpty()));
  }

  private static Map<String, String> named(List<ValueInfoProto> values) {
    Map<String, String> all = new LinkedHashMap<>();
    for (ValueInfoProto value : values) {
      TensorShapeProto shape = value.getType().getTensorType().getShape();
      all.put(
          Quoted.of(value.getName()),
          shape.getDimList().stream().map(Inspection::size).collect(Collectors.joining(" x ")));
    }
    return all;
  }

  private static String size(TensorShapeProto.Dimension d) {
    if (d.hasDimValue()) {
      return String.valueOf(d.getDimValue());
    }
    return d.getDimParam().isEmpty() ? "?" : Quoted.of(d.getDimParam());
  }
}
