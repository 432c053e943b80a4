package org.bitgaze.graph;

import java.util.Arrays;
import java.util.Map;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;

/**
 * A graph and where its parameters come from. A pass takes one and returns another, whose tensors
 * are computed when they are read.
 *
 * @param graph the operations
 * @param weights the parameters, under {@link Graph#parameters}' names
 */
public record Network(Graph graph, TensorSource weights) {

  /**
   * Checks that every parameter is there and has the shape the graph wants; tensors that the graph
   * does not read (such as {@code num_batches_tracked}) are ignored.
   *
   * @throws WeightsException naming the file, the tensor, the expected and the found shape
   */
  public void check() throws WeightsException {
    for (Map.Entry<String, int[]> parameter : graph.parameters().entrySet()) {
      String name = parameter.getKey();
      String expected = Arrays.toString(parameter.getValue());
      if (!weights.names().contains(name)) {
        throw new WeightsException(
            weights.description()
                + ": no tensor '"
                + name
                + "', which "
                + graph.name()
                + " needs with shape "
                + expected);
      }
      int[] found = weights.shape(name);
      if (!Arrays.equals(found, parameter.getValue())) {
        throw new WeightsException(
            weights.description()
                + ": tensor '"
                + name
                + "' has shape "
                + Arrays.toString(found)
                + ", but "
                + graph.name()
                + " needs "
                + expected);
      }
    }
  }
}
