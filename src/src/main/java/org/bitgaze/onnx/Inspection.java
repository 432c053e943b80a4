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
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.onnx.file.OnnxFile;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.ops.Operators;

/**
 * The content of an ONNX file, whether it is supported or not.
 *
 * @param opset the version of ONNX's operators
 * @param inputs name to sizes, such as {@code N x 3 x 224 x 224}
 * @param outputs likewise
 * @param operators the number of nodes of each operator
 * @param unsupported those of them that are not supported
 * @param problems what is not supported, each by node, operator and attribute
 * @param network the network; empty if there are problems
 * @param isMap whether its output is a map, and not scores of classes
 */
public record Inspection(
    int opset,
    Map<String, String> inputs,
    Map<String, String> outputs,
    SortedMap<String, Integer> operators,
    SortedMap<String, Integer> unsupported,
    List<String> problems,
    Optional<OnnxNetwork> network,
    boolean isMap) {

  /**
   * Inspects a file.
   *
   * @param file an ONNX model
   * @param input describes the input
   * @return its content
   * @throws OnnxException if it is not a model, or is damaged
   * @throws IOException if it cannot be read
   */
  public static Inspection of(Path file, InputDescription input) throws IOException {
    OnnxFile read = OnnxFile.read(file);
    GraphProto graph = read.graph();
    Set<String> tensors =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    SortedMap<String, Integer> operators = new TreeMap<>();
    SortedMap<String, Integer> unsupported = new TreeMap<>();
    for (NodeProto node : graph.getNodeList()) {
      String domain = node.getDomain().isEmpty() ? "" : node.getDomain() + ".";
      String type = Quoted.of(domain + node.getOpType());
      operators.merge(type, 1, Integer::sum);
      if (!Operators.isSupported(node.getDomain(), node.getOpType())) {
        unsupported.merge(type, 1, Integer::sum);
      }
    }
    List<String> problems = new ArrayList<>();
    Optional<OnnxNetwork> network = network(read, input, problems, i -> i.explained(false));
    boolean map = false;
    if (network.isEmpty()) {
      List<String> others = new ArrayList<>();
      Optional<OnnxNetwork> found = network(read, input, others, Importer::map);
      map = found.isPresent() && others.isEmpty();
      if (map) {
        network = found;
        problems.clear();
      }
    }
    return new Inspection(
        read.opset(),
        named(graph.getInputList().stream().filter(i -> !tensors.contains(i.getName())).toList()),
        named(graph.getOutputList()),
        operators,
        network.isPresent() ? new TreeMap<>() : unsupported,
        problems,
        network.filter(n -> problems.isEmpty()),
        map);
  }

  /** Reads a file's output as scores or as a map. */
  @FunctionalInterface
  private interface Reading {
    OnnxNetwork of(Importer importer) throws IOException;
  }

  private static Optional<OnnxNetwork> network(
      OnnxFile file, InputDescription input, List<String> problems, Reading reading)
      throws IOException {
    try {
      Importer importer = new Importer(file, input, problem -> problems.add(problem.getMessage()));
      OnnxNetwork network = reading.of(importer);
      network.requireFinite();
      return Optional.of(network);
    } catch (OnnxException e) {
      problems.add(e.getMessage());
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      // Without all of its nodes there is no output; their problems were reported.
      if (problems.isEmpty()) {
        problems.add(e.getMessage());
      }
    }
    return Optional.empty();
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
