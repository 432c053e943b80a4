package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.Constant;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * The graph that is built from a file, and its parameters. Sizes are bounded, so that a small file
 * cannot ask for a network that exhausts the memory.
 */
public final class ImportedGraph {
  /** Images have four dimensions; shuffling channels takes a few more. */
  static final int MAX_DIMENSIONS = 8;

  /** Elements of a tensor for one image; VGG16's largest has 3 million. */
  private static final long MAX_ELEMENTS = 1L << 28;

  /** A node of a file may become several of the graph, such as one slice per dimension. */
  private static final int MAX_NODES = 50_000;

  /** Elements of all tensors for one image; EfficientNet-B7 at 600 pixels has 900 million. */
  private static final long MAX_ALL_ELEMENTS = 1L << 30;

  /** Elements of all parameters, counted once per use; VGG16 has 138 million. */
  private static final long MAX_PARAMETERS = 1L << 29;

  private final GraphBuilder builder;
  private long elements;
  private long parameterElements;
  private final Set<String> reserved = new HashSet<>();
  private final Map<String, Product> products = new HashMap<>();
  private final Map<String, Activation> permuted = new HashMap<>();
  private final Map<String, Constant> parameters = new LinkedHashMap<>();

  /**
   * A linear layer without a bias.
   *
   * @param input of the layer
   * @param weight a row for each output
   */
  record Product(Activation input, Constant weight) {}

  /**
   * Starts an empty graph.
   *
   * @param name of the graph
   */
  public ImportedGraph(String name) {
    builder = new GraphBuilder(name);
  }

  /**
   * Reserves the name of one of the file's tensors.
   *
   * @param name not given to a node that computes another tensor
   */
  public void reserve(String name) {
    reserved.add(name);
  }

  /** {@return the nodes added so far, as a graph} */
  public Graph build() {
    return builder.build();
  }

  /** {@return the parameters by the names that the graph gives them} */
  public Map<String, Constant> parameters() {
    return parameters;
  }

  Node node(Activation x) {
    return node(x.node());
  }

  Node node(String name) {
    return builder.find(name).orElseThrow();
  }

  /** Remembers a linear layer to which a bias may yet be added. */
  void withoutBias(Activation made, Activation input, Constant weight) {
    products.put(made.node(), new Product(input, weight));
  }

  /** The linear layer without bias that computes a tensor. */
  Optional<Product> product(Activation made) {
    return Optional.ofNullable(products.get(made.node()));
  }

  /**
   * Adds the input.
   *
   * @param name of its tensor
   * @param size height and width of the images
   * @return the images, (1, 3, height, width)
   */
  public Activation input(String name, Size size) {
    add(new Node(name, "", new Input(3), List.of()));
    return new Activation(name, new int[] {1, 3, size.height(), size.width()});
  }

  /**
   * Adds a node. It takes its inputs as they are stored, which the caller has aligned. An output of
   * as many dimensions as the first input is a view in the same order.
   *
   * @param name of the node
   * @param op what it computes
   * @param inputs what it takes
   * @return its output
   * @throws IllegalArgumentException if the inputs do not fit, or the output is too large
   */
  public Activation append(String name, Op op, Activation... inputs) {
    int[] out =
        op.outputShape(
            Arrays.stream(inputs).map(v -> Arrays.copyOfRange(v.stored(), 1, v.rank())).toList());
    if (out.length >= MAX_DIMENSIONS) {
      throw new IllegalArgumentException("makes a tensor of " + (out.length + 1) + " dimensions");
    }
    int[] shape = new int[out.length + 1];
    shape[0] = 1;
    long size = 1;
    for (int i = 0; i < out.length; i++) {
      shape[i + 1] = out[i];
      size = Math.multiplyExact(size, (long) out[i]);
      if (out[i] < 1 || size > MAX_ELEMENTS) {
        throw new IllegalArgumentException("makes a tensor of " + Arrays.toString(out));
      }
    }
    elements += size;
    if (elements > MAX_ALL_ELEMENTS) {
      throw new IllegalArgumentException(
          "makes, with those before it, " + elements + " values of one image: too many");
    }
    add(new Node(name, "", op, Arrays.stream(inputs).map(Activation::node).toList()));
    Activation first = inputs[0];
    return first.rank() == shape.length
        ? new Activation(name, shape, first.order())
        : new Activation(name, shape);
  }

  /**
   * Returns a tensor that is stored as the file has it.
   *
   * @param x any tensor
   * @return the same, or the output of a new node that moves the dimensions
   */
  public Activation plain(Activation x) {
    return stored(x, IntStream.range(0, x.rank()).toArray());
  }

  /** Returns a tensor whose dimensions are stored in a given order. */
  Activation stored(Activation x, int[] order) {
    if (Arrays.equals(order, x.order())) {
      return x;
    }
    Integer[] moves = new Integer[x.rank()];
    for (int i = 0; i < moves.length; i++) {
      moves[order[i]] = x.order()[i];
    }
    List<Integer> to = Arrays.asList(moves).subList(1, moves.length);
    Activation moved =
        permuted.computeIfAbsent(
            x.node() + to, key -> append(fresh(x.node(), ".permuted"), new Permute(to), x));
    return new Activation(moved.node(), moved.stored(), order);
  }

  /** Returns a tensor one of whose dimensions is stored where images have their channels. */
  Activation channelsAt(Activation x, int axis) {
    int at = x.order()[axis];
    if (at == 1) {
      return x;
    }
    int[] order =
        Arrays.stream(x.order()).map(i -> i == at ? 1 : i >= 1 && i < at ? i + 1 : i).toArray();
    return stored(x, order);
  }

  /**
   * Finds a name that none of the file's tensors has.
   *
   * @param base beginning of the name
   * @param suffix its end
   * @return a name that no node has
   */
  public String fresh(String base, String suffix) {
    StringBuilder name = new StringBuilder(base + suffix);
    while (reserved.contains(name.toString()) || builder.find(name.toString()).isPresent()) {
      name.append('_');
    }
    return name.toString();
  }

  private void add(Node node) {
    if (builder.size() >= MAX_NODES) {
      throw new IllegalArgumentException("makes more than " + MAX_NODES + " nodes");
    }
    if (builder.find(node.name()).isPresent()) {
      throw new IllegalArgumentException(
          "makes '" + Quoted.of(node.name()) + "', which another node makes already");
    }
    builder.add(node);
  }

  /** Sets a node's parameter; it is read when a program is written. */
  void parameter(Activation of, String local, Constant value) {
    parameterElements += value.size();
    if (parameterElements > MAX_PARAMETERS) {
      throw new IllegalArgumentException(
          "has, with those before it, " + parameterElements + " parameters: too many");
    }
    parameters.put(of.node() + "." + local, value);
  }
}
