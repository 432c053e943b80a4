package org.bitgaze.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.network.Graph;
import org.bitgaze.weights.Tensor;

/**
 * The layout of parameters in one vector: one after the other, each in row-major order. One vector
 * needs one gradient and one optimizer step.
 *
 * @param shapes parameter name to shape, in the vector's order
 */
public record ParameterLayout(Map<String, int[]> shapes) {

  /**
   * Lays out the trained parameters.
   *
   * @param graph the network
   * @return its weights and biases
   */
  public static ParameterLayout trained(Graph graph) {
    return of(graph, false);
  }

  /**
   * Lays out the running statistics.
   *
   * @param graph the network
   * @return the running means and variances of its batch norms
   */
  public static ParameterLayout statistics(Graph graph) {
    return of(graph, true);
  }

  private static ParameterLayout of(Graph graph, boolean running) {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    graph
        .parameters()
        .forEach(
            (name, shape) -> {
              if (name.contains(".running_") == running) {
                shapes.put(name, shape);
              }
            });
    return new ParameterLayout(shapes);
  }

  /** {@return the vector's length: the elements of all parameters} */
  public int size() {
    return shapes.values().stream().mapToInt(shape -> (int) Tensor.elements(shape)).sum();
  }

  /**
   * Splits a vector into tensors.
   *
   * @param vector {@link #size} elements
   * @return name to tensor, in the vector's order
   */
  public Map<String, Tensor> split(float[] vector) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    int next = 0;
    for (Map.Entry<String, int[]> part : shapes.entrySet()) {
      int end = next + (int) Tensor.elements(part.getValue());
      tensors.put(
          part.getKey(), new Tensor(part.getValue(), Arrays.copyOfRange(vector, next, end)));
      next = end;
    }
    return tensors;
  }

  /**
   * Joins tensors to a vector.
   *
   * @param tensors name to tensor; must contain every name of the layout
   * @return {@link #size} elements
   */
  public float[] join(Map<String, Tensor> tensors) {
    float[] vector = new float[size()];
    int next = 0;
    for (String name : shapes.keySet()) {
      float[] data = tensors.get(name).data();
      System.arraycopy(data, 0, vector, next, data.length);
      next += data.length;
    }
    return vector;
  }
}
