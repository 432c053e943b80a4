package org.bitgaze.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.weights.Tensor;

/**
 * Initial parameters of a training. Weights are normal with variance 2 / fan-in (He et al. 2015),
 * the last layer's with standard deviation 0.01. Batch norms are the identity. Biases are 0.
 */
public final class Initialization {
  private static final double LAST_DEVIATION = 0.01;

  private Initialization() {}

  /**
   * Draws parameters.
   *
   * @param graph the network
   * @param seed the generator's seed
   * @return name to tensor, including running statistics
   */
  public static Map<String, Tensor> of(Graph graph, long seed) {
    Random random = new Random(seed);
    Node last = null;
    for (Node node : graph.nodes()) {
      last = node.op().weights().isEmpty() ? last : node;
    }
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      boolean isLast = node == last;
      boolean rectified =
          isLast && graph.consumers(node.name()).stream().anyMatch(n -> n.op() instanceof ReLU);
      node.op()
          .parameters()
          .forEach(
              (local, shape) ->
                  parameters.put(
                      node.name() + "." + local, draw(local, shape, isLast, rectified, random)));
    }
    return parameters;
  }

  private static Tensor draw(
      String local, int[] shape, boolean isLast, boolean rectified, Random random) {
    float[] data = new float[(int) Tensor.elements(shape)];
    if (shape.length > 1) {
      double deviation = isLast ? LAST_DEVIATION : Math.sqrt(2.0 * shape[0] / data.length);
      for (int i = 0; i < data.length; i++) {
        data[i] = (float) (deviation * random.nextGaussian());
      }
    } else {
      // If a ReLU follows the logits (SqueezeNet) and biases were 0, half of the classes would
      // start
      // without a gradient.
      boolean one = local.equals("weight") || local.equals("running_var") || rectified;
      Arrays.fill(data, one ? 1f : 0f);
    }
    return new Tensor(shape, data);
  }
}
