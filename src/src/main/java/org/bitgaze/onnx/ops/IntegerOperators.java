package org.bitgaze.onnx.ops;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.Tensors;

/**
 * Rewrites operators on integers as the same operators between DequantizeLinear and QuantizeLinear:
 * files in the QOperator format, and dynamically quantized layers. Integer kernels requantize in
 * float32 as well, so the two may differ by a rounding step.
 */
public final class IntegerOperators {
  /** Ends the name of the real values of a tensor of integers. */
  public static final String REAL = ".real";

  /** How the inputs of an operator lie. */
  private enum Form {
    /** x, scale, zero, w, scale, zero, y's scale, zero, perhaps a bias. */
    CONVOLUTION,
    /** a, scale, zero, b, scale, zero, y's scale, zero. */
    TWO,
    /** x, scale, zero, y's scale, zero. */
    ONE,
    /** y's scale, zero, then x, scale, zero of each part. */
    PARTS,
    /** a, scale, zero, b, scale, zero, perhaps c, perhaps y's scale, zero. */
    PRODUCT
  }

  private record Meaning(String type, Form form) {}

  private static final Map<String, Meaning> MEANINGS =
      Map.ofEntries(
          Map.entry("QLinearConv", new Meaning("Conv", Form.CONVOLUTION)),
          Map.entry("QLinearMatMul", new Meaning("MatMul", Form.TWO)),
          Map.entry("QLinearAdd", new Meaning("Add", Form.TWO)),
          Map.entry("QLinearMul", new Meaning("Mul", Form.TWO)),
          Map.entry("QLinearConcat", new Meaning("Concat", Form.PARTS)),
          Map.entry("QLinearGlobalAveragePool", new Meaning("GlobalAveragePool", Form.ONE)),
          Map.entry("QLinearAveragePool", new Meaning("AveragePool", Form.ONE)),
          Map.entry("QLinearSigmoid", new Meaning("Sigmoid", Form.ONE)),
          Map.entry("QLinearLeakyRelu", new Meaning("LeakyRelu", Form.ONE)),
          Map.entry("QGemm", new Meaning("Gemm", Form.PRODUCT)));

  private static final Map<String, String> DYNAMIC =
      Map.of("ConvInteger", "Conv", "MatMulInteger", "MatMul");

  private final GraphProto graph;
  private final Tensors tensors;
  private final Map<String, TensorProto> initializers = new HashMap<>();
  private final Map<String, NodeProto> makers = new HashMap<>();
  private final Map<String, List<NodeProto>> readers = new HashMap<>();
  private final List<NodeProto> nodes = new ArrayList<>();
  private final List<TensorProto> added = new ArrayList<>();

  /** A tensor of integers, its scale and zero point, to the name of its real values. */
  private final Map<List<String>, String> reals = new LinkedHashMap<>();

  private final Set<String> names = new HashSet<>();

  private IntegerOperators(GraphProto graph, Tensors tensors) {
    this.graph = graph;
    this.tensors = tensors;
    graph.getInitializerList().forEach(t -> initializers.put(t.getName(), t));
    names.addAll(initializers.keySet());
    for (NodeProto node : graph.getNodeList()) {
      node.getOutputList().forEach(o -> makers.put(o, node));
      names.addAll(node.getOutputList());
      for (String input : new HashSet<>(node.getInputList())) {
        readers.computeIfAbsent(input, i -> new ArrayList<>()).add(node);
      }
    }
  }

  /** Whether an operator is rewritten, at least where its scales are constants. */
  static boolean isRewritten(String type) {
    return MEANINGS.containsKey(type)
        || DYNAMIC.containsKey(type)
        || type.equals("DynamicQuantizeLinear");
  }

  /**
   * Rewrites a graph.
   *
   * @param graph any graph
   * @param tensors reads its tensors
   * @return the same graph if it has no such operators; nodes that cannot be rewritten stay
   * @throws IllegalArgumentException if a scale is damaged
   * @throws IOException if a file beside the model cannot be read
   */
  public static GraphProto rewrite(GraphProto graph, Tensors tensors) throws IOException {
    if (graph.getNodeList().stream().noneMatch(n -> isRewritten(n.getOpType()))) {
      return graph;
    }
    return new IntegerOperators(graph, tensors).rewrite();
  }

  private GraphProto rewrite() throws IOException {
    Set<NodeProto> dropped = new HashSet<>();
    Map<NodeProto, DynamicLayer> layers = new HashMap<>();
    for (NodeProto node : graph.getNodeList()) {
      if (DYNAMIC.containsKey(node.getOpType())) {
        dynamic(node)
            .ifPresent(
                layer -> {
                  layers.put(node, layer);
                  dropped.addAll(List.of(layer.cast(), layer.product()));
                  if (readers.get(layer.scale().getOutput(0)).size() == 1) {
                    dropped.add(layer.scale());
                  }
                });
      }
    }
    Set<NodeProto> quantizers = new HashSet<>();
    layers.values().forEach(layer -> quantizers.add(layer.quantizer()));
    for (NodeProto node : graph.getNodeList()) {
      Meaning meaning = MEANINGS.get(node.getOpType());
      if (layers.containsKey(node)) {
        rewrite(node, layers.get(node));
      } else if (quantizers.contains(node)) {
        nodes.add(node.toBuilder().clearOutput().addOutput(node.getOutput(0) + REAL).build());
      } else if (meaning != null && isPlain(node)) {
        rewrite(node, meaning);
      } else if (!dropped.contains(node)) {
        nodes.add(node);
      }
    }
    return graph.toBuilder().clearNode().addAllNode(nodes).addAllInitializer(added).build();
  }

  private static boolean isPlain(NodeProto node) {
    return node.getAttributeList().stream()
        .noneMatch(a -> a.getName().equals("channels_last") && a.getI() != 0);
  }

  private void rewrite(NodeProto node, Meaning meaning) throws IOException {
    List<String> in = node.getInputList();
    List<String> real = new ArrayList<>();
    int output =
        switch (meaning.form()) {
          case CONVOLUTION -> {
            require(node, 8, 9);
            real.add(real(in, 0, 1));
            real.add(real(in, 3, 0));
            if (in.size() == 9 && !in.get(8).isEmpty()) {
              real.add(bias(in.get(8), in.get(1), in.get(4), 1));
            }
            yield 6;
          }
          case TWO -> {
            require(node, 7, 8);
            real.add(real(in, 0, 1));
            real.add(real(in, 3, 1));
            yield 6;
          }
          case ONE -> {
            require(node, 4, 5);
            real.add(real(in, 0, 1));
            yield 3;
          }
          case PARTS -> {
            require(node, 5, Integer.MAX_VALUE);
            for (int i = 2; i + 1 < in.size(); i += 3) {
              real.add(real(in, i, 1));
            }
            yield 0;
          }
          case PRODUCT -> {
            require(node, 6, 9);
            boolean turned = attribute(node, "transB", 0) != 0;
            real.add(real(in, 0, 1));
            real.add(real(in, 3, turned ? 0 : 1));
            if (in.size() > 6 && !in.get(6).isEmpty()) {
              real.add(bias(in.get(6), in.get(1), in.get(4), alpha(node)));
            }
            yield 7;
          }
        };
    boolean quantizes = in.size() > output && !in.get(output).isEmpty();
    String result = quantizes ? fresh(node.getOutput(0) + ".float") : node.getOutput(0);
    NodeProto.Builder made =
        NodeProto.newBuilder()
            .setName(node.getName())
            .setOpType(meaning.type())
            .addAllInput(real)
            .addOutput(result);
    node.getAttributeList().stream()
        .filter(a -> !a.getName().equals("channels_last"))
        .forEach(made::addAttribute);
    nodes.add(made.build());
    if (quantizes) {
      NodeProto.Builder quantize =
          NodeProto.newBuilder()
              .setOpType("QuantizeLinear")
              .addInput(result)
              .addInput(in.get(output));
      if (in.size() > output + 1 && !in.get(output + 1).isEmpty()) {
        quantize.addInput(in.get(output + 1));
      }
      nodes.add(quantize.addOutput(node.getOutput(0)).build());
    }
  }

  private static void require(NodeProto node, int min, int max) {
    int found = node.getInputCount();
    if (found < min || found > max || node.getOutputCount() != 1) {
      throw new IllegalArgumentException(
          "node '%s' (%s) has %d inputs and %d outputs"
              .formatted(node.getName(), node.getOpType(), found, node.getOutputCount()));
    }
  }

  /** The real values of input {@code at}, whose scale and zero point follow it. */
  private String real(List<String> inputs, int at, int axis) {
    String zero = at + 2 < inputs.size() ? inputs.get(at + 2) : "";
    return real(inputs.get(at), inputs.get(at + 1), zero, axis);
  }

  private String real(String tensor, String scale, String zero, int axis) {
    List<String> key = List.of(tensor, scale, zero, String.valueOf(axis));
    String known = reals.get(key);
    if (known != null) {
      return known;
    }
    String made = fresh(tensor + REAL);
    reals.put(key, made);
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType("DequantizeLinear")
            .addInput(tensor)
            .addInput(scale)
            .addOutput(made)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("axis")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(axis));
    if (!zero.isEmpty()) {
      node.addInput(zero);
    }
    nodes.add(node.build());
    return made;
  }

  /** A bias has the product of the scales of inputs and weights. */
  private String bias(String bias, String inputs, String weights, double factor)
      throws IOException {
    float input = (float) constant(inputs).scalar("scale");
    float[] products = constant(weights).floats();
    TensorProto.Builder scale =
        TensorProto.newBuilder()
            .setName(fresh(bias + ".scale"))
            .setDataType(TensorProto.DataType.FLOAT.getNumber());
    if (products.length > 1) {
      scale.addDims(products.length);
    }
    for (float product : products) {
      scale.addFloatData((float) (input * product * factor));
    }
    added.add(scale.build());
    return real(bias, scale.getName(), "", 0);
  }

  private ConstantTensor constant(String name) throws IOException {
    TensorProto tensor = initializers.get(name);
    NodeProto maker = makers.get(name);
    if (tensor == null && maker != null && maker.getOpType().equals("Constant")) {
      tensor = maker.getAttribute(0).getT();
    }
    if (tensor == null) {
      throw new IllegalArgumentException("scale '" + name + "' is not a constant");
    }
    return tensors.read(tensor);
  }

  private static long attribute(NodeProto node, String name, long absent) {
    return node.getAttributeList().stream()
        .filter(a -> a.getName().equals(name))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(absent);
  }

  private static double alpha(NodeProto node) {
    return node.getAttributeList().stream()
        .filter(a -> a.getName().equals("alpha"))
        .mapToDouble(AttributeProto::getF)
        .findFirst()
        .orElse(1);
  }

  private String fresh(String wanted) {
    String name = wanted;
    while (!names.add(name)) {
      name += "_";
    }
    return name;
  }

  /**
   * A layer as dynamic quantization writes it.
   *
   * @param quantizer DynamicQuantizeLinear of the input
   * @param cast to float, of the integer product
   * @param scale the product of the scales of input and weights
   * @param weights the scale of the weights
   * @param product the result
   */
  private record DynamicLayer(
      NodeProto quantizer, NodeProto cast, NodeProto scale, String weights, NodeProto product) {}

  private Optional<DynamicLayer> dynamic(NodeProto node) {
    if (node.getInputCount() < 2) {
      return Optional.empty();
    }
    NodeProto quantizer = makers.get(node.getInput(0));
    Optional<NodeProto> cast = onlyReader(node.getOutput(0), "Cast");
    Optional<NodeProto> product = cast.flatMap(c -> onlyReader(c.getOutput(0), "Mul"));
    if (quantizer == null
        || !quantizer.getOpType().equals("DynamicQuantizeLinear")
        || quantizer.getOutputCount() != 3
        || product.isEmpty()) {
      return Optional.empty();
    }
    NodeProto scale = makers.get(other(product.get(), cast.get().getOutput(0)));
    if (scale == null
        || !scale.getOpType().equals("Mul")
        || !scale.getInputList().contains(quantizer.getOutput(1))) {
      return Optional.empty();
    }
    String weights = other(scale, quantizer.getOutput(1));
    return Optional.of(new DynamicLayer(quantizer, cast.get(), scale, weights, product.get()));
  }

  private Optional<NodeProto> onlyReader(String tensor, String type) {
    List<NodeProto> all = readers.getOrDefault(tensor, List.of());
    return all.size() == 1 && all.get(0).getOpType().equals(type)
        ? Optional.of(all.get(0))
        : Optional.empty();
  }

  private static String other(NodeProto node, String input) {
    return node.getInput(node.getInput(0).equals(input) ? node.getInputCount() - 1 : 0);
  }

  private void rewrite(NodeProto node, DynamicLayer layer) {
    String zero = node.getInputCount() > 3 ? node.getInput(3) : "";
    int axis = node.getOpType().equals("ConvInteger") ? 0 : 1;
    NodeProto.Builder made =
        NodeProto.newBuilder()
            .setName(node.getName())
            .setOpType(DYNAMIC.get(node.getOpType()))
            .addInput(layer.quantizer().getOutput(0) + REAL)
            .addInput(real(node.getInput(1), layer.weights(), zero, axis))
            .addAllAttribute(node.getAttributeList())
            .addOutput(layer.product().getOutput(0));
    nodes.add(made.build());
  }
}
