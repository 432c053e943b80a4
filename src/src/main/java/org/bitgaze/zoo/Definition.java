package org.bitgaze.zoo;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.weights.DerivedTensors;
import org.bitgaze.weights.DerivedTensors.Derivation;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;

/**
 * A network of the zoo: its graph, and how torchvision's tensors become the graph's parameters
 * where names or shapes differ.
 *
 * @param graph the network
 * @param stored parameter of the graph to the tensor that it is made of; all others have
 *     torchvision's name and shape
 * @param computed parameters that torchvision does not store
 */
record Definition(Graph graph, Map<String, Stored> stored, Map<String, Tensor> computed) {

  /**
   * A tensor of torchvision's state dict.
   *
   * @param tensor torchvision's name
   * @param shape torchvision's shape
   * @param parameter makes the graph's parameter of it
   */
  record Stored(String tensor, int[] shape, UnaryOperator<Tensor> parameter) {
    /** The same elements in another shape. */
    static Stored reshaped(String tensor, int[] shape, int... parameterShape) {
      return new Stored(tensor, shape, t -> new Tensor(parameterShape, t.data()));
    }

    /** The same tensor under another name. */
    static Stored renamed(String tensor, int... shape) {
      return new Stored(tensor, shape, UnaryOperator.identity());
    }
  }

  /** A network whose parameters all have torchvision's names and shapes. */
  static Definition of(Graph graph) {
    return new Definition(graph, Map.of(), Map.of());
  }

  /**
   * Checks that trained parameters could be stored as torchvision's state dict.
   *
   * @throws IllegalArgumentException if a parameter has not the elements of a stored tensor
   */
  void requireTrainable() {
    graph
        .parameters()
        .forEach(
            (name, shape) -> {
              Stored tensor = stored.get(name);
              if (computed.containsKey(name)
                  || tensor != null && Tensor.elements(tensor.shape()) != Tensor.elements(shape)) {
                throw new IllegalArgumentException(
                    graph.name() + " cannot be trained here: " + name + " is computed");
              }
            });
  }

  /**
   * Names and shapes trained parameters as torchvision's state dict.
   *
   * @param parameters every parameter of the graph, which is {@linkplain #requireTrainable
   *     trainable}
   * @return name to tensor
   */
  Map<String, Tensor> stored(Map<String, Tensor> parameters) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    parameters.forEach(
        (name, parameter) -> {
          Stored tensor = stored.get(name);
          all.put(
              tensor == null ? name : tensor.tensor(),
              tensor == null ? parameter : new Tensor(tensor.shape(), parameter.data()));
        });
    return all;
  }

  /** Returns torchvision's state dict without its buffers of integers: name to shape. */
  Map<String, int[]> stateDict() {
    Map<String, int[]> all = new LinkedHashMap<>();
    graph
        .parameters()
        .forEach(
            (name, shape) -> {
              Stored tensor = stored.get(name);
              if (tensor != null) {
                all.put(tensor.tensor(), tensor.shape());
              } else if (!computed.containsKey(name)) {
                all.put(name, shape);
              }
            });
    return all;
  }

  /**
   * Binds the network to its weights.
   *
   * @param source torchvision's tensors
   * @return the network, checked
   * @throws WeightsException if a tensor is missing or has another shape, naming the tensor
   */
  Network network(TensorSource source) throws WeightsException {
    requireStored(source);
    if (stored.isEmpty() && computed.isEmpty()) {
      return checked(source);
    }
    Map<String, int[]> shapes = graph.parameters();
    Map<String, Derivation> derived = new LinkedHashMap<>();
    stored.forEach(
        (name, tensor) ->
            derived.put(
                name,
                new Derivation(
                    shapes.get(name),
                    base -> tensor.parameter().apply(base.read(tensor.tensor())))));
    computed.forEach(
        (name, tensor) -> derived.put(name, new Derivation(shapes.get(name), base -> tensor)));
    return checked(new DerivedTensors(source, derived));
  }

  private Network checked(TensorSource source) throws WeightsException {
    Network network = new Network(graph, source);
    network.check();
    return network;
  }

  /** Tensors that have another name in the graph are named as in the file. */
  private void requireStored(TensorSource source) throws WeightsException {
    for (Stored tensor : stored.values()) {
      Network.requireTensor(source, graph.name(), tensor.tensor(), tensor.shape());
    }
  }
}
