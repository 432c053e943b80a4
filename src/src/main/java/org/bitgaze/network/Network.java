package org.bitgaze.network;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;

/**
 * A graph with its parameters.
 *
 * @param rewritten the graph after all passes, and where the original nodes' outputs are now
 * @param weights the parameters before rounding, named as in {@link Graph#parameters}
 * @param precisions the parameters that are rounded; all others stay in float32
 */
public record Network(
    Rewritten rewritten, TensorSource weights, Map<String, ParameterPrecision> precisions) {
  /** How many names a message lists. */
  private static final int EXAMPLES = 3;

  /** Copies the map. */
  public Network {
    precisions = Map.copyOf(precisions);
  }

  /**
   * Creates a network without rounded parameters.
   *
   * @param graph the operations
   * @param weights the parameters, named as in {@link Graph#parameters}
   */
  public Network(Graph graph, TensorSource weights) {
    this(Rewritten.unchanged(graph), weights, Map.of());
  }

  /** {@return the current graph} */
  public Graph graph() {
    return rewritten.graph();
  }

  /**
   * Applies a pass.
   *
   * @param pass the pass
   * @return the network after it
   */
  public Network apply(Pass pass) {
    return new Network(
        rewritten.then(pass.rewrite(graph())), pass.derive(graph(), weights), precisions);
  }

  /**
   * Rounds parameters.
   *
   * @param rounded parameter to its precision
   * @return the same network with these precisions
   */
  public Network withPrecisions(Map<String, ParameterPrecision> rounded) {
    return new Network(rewritten, weights, rounded);
  }

  /**
   * Checks that every parameter exists and has the shape that the graph expects. Tensors that the
   * graph does not read, such as {@code num_batches_tracked}, are ignored.
   *
   * @throws WeightsException if not, naming the file, the tensor, the expected and the found shape
   */
  public void check() throws WeightsException {
    for (Map.Entry<String, int[]> parameter : graph().parameters().entrySet()) {
      requireTensor(weights, graph().name(), parameter.getKey(), parameter.getValue());
    }
  }

  /**
   * Checks that a tensor exists and has a shape.
   *
   * @param weights where it should be
   * @param network the name of the network that needs it, for the message
   * @param name the tensor's name
   * @param shape the shape that the network needs
   * @throws WeightsException if not, naming the file, the tensor, the expected and the found shape
   */
  public static void requireTensor(TensorSource weights, String network, String name, int[] shape)
      throws WeightsException {
    String expected = Arrays.toString(shape);
    String problem = null;
    String after = "";
    if (!weights.names().contains(name)) {
      problem = "no tensor '%s', which %s needs with shape %s";
      after = found(weights);
    } else if (!Arrays.equals(weights.shape(name), shape)) {
      String found = Arrays.toString(weights.shape(name));
      problem = "tensor '%s' has shape " + found + ", but %s needs %s";
    }
    if (problem != null) {
      throw new WeightsException(
          weights.description() + ": " + String.format(problem, name, network, expected) + after);
    }
  }

  private static String found(TensorSource weights) {
    List<String> examples = weights.names().stream().limit(EXAMPLES).toList();
    return "; " + weights.names().size() + " tensors were found, such as " + examples;
  }
}
