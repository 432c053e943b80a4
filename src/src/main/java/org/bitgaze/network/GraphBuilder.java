package org.bitgaze.network;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.ReLU;

/**
 * Builds a {@link Graph} in the order of torchvision's forward method. Each method adds one node
 * and returns its name, to be given to the next.
 */
public final class GraphBuilder {
  private final String network;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, Integer> used = new HashMap<>();

  /**
   * Starts a network.
   *
   * @param network its name, such as {@code vgg16}
   */
  public GraphBuilder(String network) {
    this.network = network;
  }

  /**
   * Adds the input, of three channels.
   *
   * @return its name, {@code input}
   */
  public String input() {
    return apply("input", new Input(3));
  }

  /**
   * Adds a module of the network.
   *
   * @param module its path, which becomes the node's name; a module that runs again gets {@code
   *     _1}, {@code _2}, as in torch.fx
   * @param op what it computes
   * @param inputs names of the nodes it takes
   * @return the node's name
   */
  public String apply(String module, Op op, String... inputs) {
    return append(module, module, op, inputs);
  }

  /**
   * Adds a function, which has no path of its own and is named as torch.fx names it.
   *
   * @param module path of the module that calls it
   * @param function its name, such as {@code add}
   * @param op what it computes
   * @param inputs names of the nodes it takes
   * @return the node's name: {@code add}, {@code add_1}, ...
   */
  public String function(String module, String function, Op op, String... inputs) {
    return append(function, module, op, inputs);
  }

  /**
   * Adds a convolution with "same" padding and no bias, as one before a batch norm.
   *
   * @param module its path
   * @param x input node
   * @param in input channels
   * @param out output channels
   * @param kernel kernel size, odd
   * @param stride stride
   * @param groups number of groups
   * @return the node's name
   */
  public String convNoBias(
      String module, String x, int in, int out, int kernel, int stride, int groups) {
    Conv2d conv = Conv2d.of(in, out, kernel).withStride(stride).withPadding((kernel - 1) / 2);
    return apply(module, conv.withGroups(groups).withBias(false), x);
  }

  /**
   * Adds a convolution with bias.
   *
   * @param module its path
   * @param x input node
   * @param in input channels
   * @param out output channels
   * @param kernel kernel size
   * @param stride stride
   * @param padding zero padding on each side
   * @return the node's name
   */
  public String conv(
      String module, String x, int in, int out, int kernel, int stride, int padding) {
    return apply(module, Conv2d.of(in, out, kernel).withStride(stride).withPadding(padding), x);
  }

  /**
   * Adds a batch norm with PyTorch's default epsilon, 1e-5.
   *
   * @param module its path
   * @param x input node
   * @param features channels
   * @return the node's name
   */
  public String batchNorm(String module, String x, int features) {
    return apply(module, new BatchNorm2d(features, 1e-5), x);
  }

  /**
   * Adds a ReLU module.
   *
   * @param module its path
   * @param x input node
   * @return the node's name
   */
  public String relu(String module, String x) {
    return apply(module, new ReLU(), x);
  }

  /**
   * Adds a node.
   *
   * @param node its inputs must have been added before
   * @throws IllegalArgumentException if there is a node of that name
   */
  public void add(Node node) {
    if (nodes.putIfAbsent(node.name(), node) != null) {
      throw new IllegalArgumentException("there are two nodes named '" + node.name() + "'");
    }
  }

  /**
   * Finds a node.
   *
   * @param name its name
   * @return the node, or empty if none of that name was added
   */
  public Optional<Node> find(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** {@return the number of nodes added so far} */
  public int size() {
    return nodes.size();
  }

  /**
   * Finishes the graph.
   *
   * @return the graph; the last node added is its output
   */
  public Graph build() {
    return new Graph(network, nodes.values());
  }

  private String append(String wanted, String module, Op op, String... inputs) {
    int uses = used.merge(wanted, 1, Integer::sum);
    String name = uses == 1 ? wanted : wanted + "_" + (uses - 1);
    add(new Node(name, module, op, List.of(inputs)));
    return name;
  }
}
