package org.bitgaze.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.Operand.Activation;

/** The graph that is being made: its nodes in order, and where its parameters come from. */
final class GraphWriter {
  /** Elements of a tensor for one image; VGG16's largest has 3 million. */
  private static final long LARGEST = 1L << 28;

  /** Images have four; a few more are needed to shuffle channels. */
  static final int MOST_DIMENSIONS = 8;

  /** A node of a file may stand for several of ours, such as a part in each dimension. */
  private static final int MOST_NODES = 50_000;

  /** Elements of all tensors for one image; EfficientNet-B7's at 600 pixels are 900 million. */
  private static final long MOST = 1L << 30;

  /**
   * Elements of all parameters, each counted as often as it is used, for each node has its own;
   * VGG16 has 138 million.
   */
  private static final long MOST_PARAMETERS = 1L << 29;

  private long elements;
  private long parameterElements;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Node> byName = new HashMap<>();
  private final Set<String> reserved = new HashSet<>();
  private final Map<String, Product> products = new HashMap<>();
  private final Map<String, Constant> parameters = new LinkedHashMap<>();

  /** Keeps a name of the file's from being given to a node that is none of its tensors. */
  void reserve(String name) {
    reserved.add(name);
  }

  List<Node> nodes() {
    return nodes;
  }

  Node node(Activation x) {
    return byName.get(x.node());
  }

  Node node(String name) {
    return byName.get(name);
  }

  /**
   * A linear layer without a bias.
   *
   * @param input of the layer
   * @param weight a row for each output
   */
  record Product(Activation input, Constant weight) {}

  /** Remembers a linear layer to which a bias may yet be added. */
  void withoutBias(Activation made, Activation input, Constant weight) {
    products.put(made.node(), new Product(input, weight));
  }

  /** The linear layer without bias that computes a tensor. */
  Optional<Product> product(Activation made) {
    return Optional.ofNullable(products.get(made.node()));
  }

  Map<String, Constant> parameters() {
    return parameters;
  }

  /** Adds the input. */
  Activation input(String name, Size size) {
    add(new Node(name, "", new Input(3), List.of()));
    return new Activation(name, new int[] {1, 3, size.height(), size.width()});
  }

  /**
   * Adds a node.
   *
   * @throws IllegalArgumentException if its inputs do not fit it, or its output is too large
   */
  Activation append(String name, Op op, Activation... inputs) {
    int[] out =
        op.outputShape(
            Arrays.stream(inputs).map(v -> Arrays.copyOfRange(v.shape(), 1, v.rank())).toList());
    if (out.length >= MOST_DIMENSIONS) {
      throw new IllegalArgumentException("makes a tensor of " + (out.length + 1) + " dimensions");
    }
    int[] shape = new int[out.length + 1];
    shape[0] = 1;
    long size = 1;
    for (int i = 0; i < out.length; i++) {
      shape[i + 1] = out[i];
      size = Math.multiplyExact(size, (long) out[i]);
      if (out[i] < 1 || size > LARGEST) {
        throw new IllegalArgumentException("makes a tensor of " + Arrays.toString(out));
      }
    }
    elements += size;
    if (elements > MOST) {
      throw new IllegalArgumentException(
          "makes, with those before it, " + elements + " values of one image: too many");
    }
    add(new Node(name, "", op, Arrays.stream(inputs).map(Activation::node).toList()));
    return new Activation(name, shape);
  }

  /** A name that is none of the file's tensors. */
  String fresh(String base, String suffix) {
    String name = base + suffix;
    while (reserved.contains(name) || byName.containsKey(name)) {
      name += "_";
    }
    return name;
  }

  private void add(Node node) {
    if (nodes.size() >= MOST_NODES) {
      throw new IllegalArgumentException("makes more than " + MOST_NODES + " nodes");
    }
    if (byName.put(node.name(), node) != null) {
      throw new IllegalArgumentException(
          "makes '" + Quoted.of(node.name()) + "', which is there already");
    }
    nodes.add(node);
  }

  /** Says what a node's parameter is; it is read when a program is written. */
  void parameter(Activation of, String local, Constant value) {
    String name = of.node() + "." + local;
    parameterElements += value.size();
    if (parameterElements > MOST_PARAMETERS) {
      throw new IllegalArgumentException(
          "has, with those before it, " + parameterElements + " parameters: too many");
    }
    parameters.put(name, value);
  }
}
