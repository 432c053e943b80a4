package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.ConstantTensor;
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
  private final Map<String, Activation> outputs = new HashMap<>();
  private final Map<String, Norm> norms = new HashMap<>();
  private final Map<String, Activation> moved = new HashMap<>();
  private final Map<String, ConstantTensor> parameters = new LinkedHashMap<>();

  /**
   * A linear layer without a bias.
   *
   * @param input of the layer
   * @param weight a row for each output
   */
  record Product(Activation input, ConstantTensor weight) {}

  /**
   * A normalization that the file writes as several nodes, so that factors and terms may follow.
   *
   * @param op the normalization
   * @param input what it takes
   * @param parameters those that the file gave so far
   */
  record Norm(Op op, Activation input, Map<String, ConstantTensor> parameters) {}

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
  public Map<String, ConstantTensor> parameters() {
    return parameters;
  }

  Node node(Activation x) {
    return node(x.node());
  }

  Node node(String name) {
    return builder.find(name).orElseThrow();
  }

  /** The output of a node that was added, as it is stored. */
  Activation made(String node) {
    return outputs.get(node);
  }

  /** Remembers a linear layer to which a bias may yet be added. */
  void withoutBias(Activation made, Activation input, ConstantTensor weight) {
    products.put(made.node(), new Product(input, weight));
  }

  /** Remembers a normalization to which a factor or a term may yet be added. */
  void withoutParameters(Activation made, Norm norm) {
    norms.put(made.node(), norm);
  }

  /** The normalization in several nodes that computes a tensor. */
  Optional<Norm> norm(Activation made) {
    return Optional.ofNullable(norms.get(made.node()));
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
    Activation made = new Activation(name, new int[] {1, 3, size.height(), size.width()});
    outputs.put(name, made);
    return made;
  }

  /**
   * Adds a node. It takes its inputs as they are stored, which the caller has aligned. An output of
   * as many stored dimensions as the first input is a view in the same order.
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
            Arrays.stream(inputs)
                .map(v -> Arrays.copyOfRange(v.stored(), 1, v.stored().length))
                .toList());
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
    elements += op.isAlias(inputs.length) ? 0 : size;
    if (elements > MAX_ALL_ELEMENTS) {
      throw new IllegalArgumentException(
          "makes, with those before it, " + elements + " values of one image: too many");
    }
    add(new Node(name, "", op, Arrays.stream(inputs).map(Activation::node).toList()));
    Activation made = new Activation(name, shape);
    outputs.put(name, made);
    Activation first = inputs[0];
    return first.stored().length == shape.length ? made.viewed(first.order()) : made;
  }

  /**
   * Returns a tensor that is stored as the file has it, the batch first.
   *
   * @param x any tensor
   * @return the same, or the output of a new node that moves the dimensions; the batch stays where
   *     it is in the file's dimensions
   */
  public Activation plain(Activation x) {
    int[] order = new int[x.rank()];
    int next = 1;
    for (int i = 0; i < order.length; i++) {
      order[i] = x.order()[i] == 0 ? 0 : next++;
    }
    return stored(x, order);
  }

  /** Returns a tensor whose dimensions are stored in a given order; the batch stays. */
  Activation stored(Activation x, int[] order) {
    if (Arrays.equals(order, x.order())) {
      return x;
    }
    int[] moves = new int[x.stored().length];
    for (int i = 0; i < order.length; i++) {
      moves[order[i]] = x.order()[i];
    }
    List<Integer> to = Arrays.stream(moves).skip(1).boxed().toList();
    return remembered(x, ".permuted", new Permute(to)).viewed(order);
  }

  /** Returns a tensor one of whose dimensions is stored behind all others. */
  Activation storedLast(Activation x, int axis) {
    int at = x.order()[axis];
    int last = x.stored().length - 1;
    return stored(
        x, Arrays.stream(x.order()).map(i -> i == at ? last : i > at ? i - 1 : i).toArray());
  }

  /** Returns a tensor one of whose dimensions is stored where images have their channels. */
  Activation channelsAt(Activation x, int axis) {
    int at = x.order()[axis];
    return stored(
        x, Arrays.stream(x.order()).map(i -> i == at ? 1 : i >= 1 && i < at ? i + 1 : i).toArray());
  }

  /**
   * Returns a tensor in which another of the file's dimensions is the batch.
   *
   * @param x any tensor
   * @param axis a dimension of size 1; -1 if none is to be the batch
   * @return the same, or the output of a new node with other stored dimensions
   */
  public Activation batchAt(Activation x, int axis) {
    int old = x.batch();
    if (old == axis) {
      return x;
    }
    List<Integer> sizes = sizes(x);
    int[] order = x.order().clone();
    if (old >= 0) {
      order = inserted(order, old + 1, 1);
      order[old] = old + 1;
      sizes.add(old, 1);
    }
    if (axis >= 0) {
      int at = order[axis];
      if (x.stored()[at] != 1) {
        throw new IllegalArgumentException(
            "axis %d of %s is not the batch".formatted(axis, Arrays.toString(x.shape())));
      }
      sizes.remove(at - 1);
      order = Arrays.stream(order).map(i -> i > at ? i - 1 : i).toArray();
      order[axis] = 0;
    }
    return reshaped(x, sizes, order);
  }

  /** Returns a tensor with dimensions of size 1 before the others, up to a number of dimensions. */
  Activation ranked(Activation x, int rank) {
    int more = rank - x.rank();
    if (more <= 0) {
      return x;
    }
    boolean front = x.batch() <= 0;
    // The batch stands first: one of the new dimensions, or the file's first, which moves.
    int added = front && x.batch() < 0 ? more - 1 : more;
    List<Integer> sizes = sizes(x);
    sizes.addAll(0, Collections.nCopies(added, 1));
    int[] moved = inserted(x.order(), 1, added);
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = front ? i : i + 1;
      if (i >= more && !(front && i == more && x.batch() == 0)) {
        order[i] = moved[i - more];
      }
    }
    return added == 0 ? x.viewed(order) : reshaped(x, sizes, order);
  }

  /** Returns a tensor with other stored dimensions of the same elements. */
  Activation reshaped(Activation x, List<Integer> sizes, int... order) {
    return remembered(x, ".view", new Reshape(sizes)).viewed(order);
  }

  /** An order after dimensions were inserted into what is stored. */
  private static int[] inserted(int[] order, int at, int count) {
    return Arrays.stream(order).map(i -> i >= at ? i + count : i).toArray();
  }

  /** The stored sizes without the batch. */
  static List<Integer> sizes(Activation x) {
    return Arrays.stream(x.stored()).skip(1).boxed().collect(Collectors.toList());
  }

  /** Moves or renames dimensions once, however many nodes need it. */
  private Activation remembered(Activation x, String suffix, Op op) {
    return moved.computeIfAbsent(x.node() + op, key -> append(fresh(x.node(), suffix), op, x));
  }

  /** Two tensors whose dimensions are stored alike, so that an operation can take both. */
  record Pair(Activation x, Activation y) {}

  /** Aligns two tensors at the file's last dimension; the second is stored as the first. */
  Pair aligned(Activation x, Activation y) {
    Pair p = sameBatch(x, y, Math.max(x.rank(), y.rank()));
    return new Pair(p.x, stored(p.y, p.x.order()));
  }

  /**
   * Gives two tensors as many dimensions, and the batch the same place.
   *
   * @param end the batch stands before this dimension, or is none of the file's dimensions
   */
  Pair sameBatch(Activation x, Activation y, int end) {
    int rank = Math.max(x.rank(), y.rank());
    Activation a = ranked(x, rank);
    Activation b = ranked(y, rank);
    int at = -1;
    for (int axis : new int[] {b.batch(), a.batch()}) {
      boolean fits = axis >= 0 && axis < end && a.shape()[axis] == 1 && b.shape()[axis] == 1;
      at = fits ? axis : at;
    }
    return new Pair(batchAt(a, at), batchAt(b, at));
  }

  /** A constant in the dimensions in which a tensor of as many dimensions is stored. */
  static ConstantTensor stored(ConstantTensor c, Activation like) {
    int[] order = new int[like.rank()];
    int next = like.batch() < 0 ? 0 : 1;
    for (int i = 0; i < order.length; i++) {
      int dimension = like.order()[i];
      order[dimension == 0 ? 0 : dimension - 1 + next] = i;
    }
    ConstantTensor moved = Folding.transpose(c, order);
    return moved.reshaped(Arrays.copyOfRange(moved.shape(), next, moved.rank()));
  }

  /** Adds a constant as a tensor, the same for each image. */
  Activation constant(String base, ConstantTensor c, Activation any) {
    int[] shape = c.shape();
    boolean batch = shape.length > 0 && shape[0] == 1;
    int[] stored = Arrays.copyOfRange(shape, batch ? 1 : 0, shape.length);
    Activation made =
        append(
            fresh(base, ".constant"),
            new org.bitgaze.network.op.Constant(Arrays.stream(stored).boxed().toList()),
            any);
    parameter(made, "value", c.reshaped(stored));
    int[] order = IntStream.range(0, shape.length).map(i -> batch ? i : i + 1).toArray();
    return new Activation(made.node(), made.stored(), order);
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
  void parameter(Activation of, String local, ConstantTensor value) {
    parameterElements += value.size();
    if (parameterElements > MAX_PARAMETERS) {
      throw new IllegalArgumentException(
          "has, with those before it, " + parameterElements + " parameters: too many");
    }
    parameters.put(of.node() + "." + local, value);
  }
}
