package org.bitgaze.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.network.Graph;
import org.bitgaze.weights.Tensor;

/**
 * How several parameters lie in one vector: one after the other, each in row-major order. A single
 * vector has a single gradient and a single step of the optimizer.
 *
 * @param shapes parameter's name to shape, in the vector's order
 */
public record ParameterLayout(Map<String, int[]> shapes) {

  /**
   * Lays out what training changes.
   *
   * @param graph a network
   * @return its weights and biases
   */
  public static ParameterLayout trained(Graph graph) {
    return of(graph, false);
  }

  /**
   * Lays out what training observes.
   *
   * @param graph a network
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

  /**
   * Returns the vector's length.
   *
   * @return number of elements of all parameters
   */
  public int size() {
    return shapes.values().stream().mapToInt(shape -> (int) Tensor.elements(shape)).sum();
  }

  /**
   * Takes a vector apart.
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
   * Puts a vector together.
   *
   * @param tensors name to tensor; all that are laid out
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
