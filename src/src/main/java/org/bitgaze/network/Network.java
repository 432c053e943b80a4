package org.bitgaze.network;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;

/**
 * A graph, where its parameters come from, and where the outputs of the nodes are that it was built
 * with.
 *
 * @param rewritten the operations as they are after all passes
 * @param weights the parameters, under {@link Graph#parameters}' names
 */
public record Network(Rewritten rewritten, TensorSource weights) {
  /** How many names a message lists. */
  private static final int EXAMPLES = 3;

  /**
   * Makes a network as its builder gives it.
   *
   * @param graph the operations
   * @param weights the parameters, under {@link Graph#parameters}' names
   */
  public Network(Graph graph, TensorSource weights) {
    this(Rewritten.unchanged(graph), weights);
  }

  /**
   * Returns the operations.
   *
   * @return the graph as it is now
   */
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
    return new Network(rewritten.then(pass.rewrite(graph())), pass.derive(graph(), weights));
  }

  /**
   * Checks that every parameter is there and has the shape the graph wants; tensors that the graph
   * does not read (such as {@code num_batches_tracked}) are ignored.
   *
   * @throws WeightsException naming the file, the tensor, the expected and the found shape
   */
  public void check() throws WeightsException {
    for (Map.Entry<String, int[]> parameter : graph().parameters().entrySet()) {
      String name = parameter.getKey();
      String expected = Arrays.toString(parameter.getValue());
      String problem = null;
      String after = "";
      if (!weights.names().contains(name)) {
        problem = "no tensor '%s', which %s needs with shape %s";
        after = found();
      } else if (!Arrays.equals(weights.shape(name), parameter.getValue())) {
        String found = Arrays.toString(weights.shape(name));
        problem = "tensor '%s' has shape " + found + ", but %s needs %s";
      }
      if (problem != null) {
        throw new WeightsException(
            weights.description()
                + ": "
                + String.format(problem, name, graph().name(), expected)
                + after);
      }
    }
  }

  private String found() {
    List<String> examples = weights.names().stream().limit(EXAMPLES).toList();
    return "; " + weights.names().size() + " tensors were found, such as " + examples;
  }
}
