package org.bitgaze.quant;

import java.util.HashMap;
import java.util.Map;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Pass;
import org.bitgaze.network.Rewritten;
import org.bitgaze.weights.TensorSource;

/**
 * Replaces the weights of convolutions and linear layers by their fake-quantized values. Biases
 * stay in float, as in PyTorch.
 *
 * @param configuration the layers' precisions
 */
record QuantizeWeights(Configuration configuration) implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    return Rewritten.unchanged(graph);
  }

  @Override
  public TensorSource derive(Graph before, TensorSource weights) {
    Map<String, Precision> rounded = new HashMap<>();
    for (Node node : before.nodes()) {
      Precision precision = configuration.get(node.name()).weights();
      if (!precision.isFloat()) {
        node.op().weights().forEach(local -> rounded.put(node.name() + "." + local, precision));
      }
    }
    return new QuantizedTensors(weights, rounded);
  }
}
