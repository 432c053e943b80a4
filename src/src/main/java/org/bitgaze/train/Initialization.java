package org.bitgaze.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.Constant;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.weights.Tensor;

/**
 * Initial parameters of a training. Weights are normal with variance 2 / fan-in (He et al. 2015),
 * the last layer's with standard deviation 0.01. Norms are the identity. Biases are 0.
 *
 * <p>In networks with layer norms, weights of linear layers, class tokens and position embeddings
 * have standard deviation 0.02, as in timm's transformers; ConvNeXt's layer scales are 1e-6, as in
 * torchvision.
 */
public final class Initialization {
  private static final double LAST_DEVIATION = 0.01;
  private static final double TRANSFORMER_DEVIATION = 0.02;
  private static final float LAYER_SCALE = 1e-6f;

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
    boolean transformer = graph.nodes().stream().anyMatch(n -> n.op() instanceof LayerNorm);
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      boolean isLast = node == last;
      boolean rectified =
          isLast && graph.consumers(node.name()).stream().anyMatch(n -> n.op() instanceof ReLU);
      node.op()
          .parameters()
          .forEach(
              (local, shape) -> {
                double deviation =
                    isLast ? LAST_DEVIATION : deviation(node.op(), transformer, shape);
                parameters.put(
                    node.name() + "." + local,
                    draw(node.op(), local, shape, deviation, rectified, random));
              });
    }
    return parameters;
  }

  private static double deviation(Op op, boolean transformer, int[] shape) {
    boolean small = op instanceof Linear || op instanceof Constant || op instanceof AddConstant;
    return transformer && small
        ? TRANSFORMER_DEVIATION
        : Math.sqrt(2.0 * shape[0] / Tensor.elements(shape));
  }

  private static Tensor draw(
      Op op, String local, int[] shape, double deviation, boolean rectified, Random random) {
    float[] data = new float[(int) Tensor.elements(shape)];
    if (op instanceof MulConstant) {
      Arrays.fill(data, LAYER_SCALE);
    } else if (shape.length > 1) {
      for (int i = 0; i < data.length; i++) {
        data[i] = (float) (deviation * random.nextGaussian());
      }
    } else {
      // If a ReLU followed the logits (SqueezeNet) and biases were 0, half of the classes would
      // start without a gradient.
      boolean one = local.equals("weight") || local.equals("running_var") || rectified;
      Arrays.fill(data, one ? 1f : 0f);
    }
    return new Tensor(shape, data);
  }
}
