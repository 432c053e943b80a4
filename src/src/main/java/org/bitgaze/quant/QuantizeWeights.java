package org.bitgaze.quant;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Node;
import org.bitgaze.graph.Pass;
import org.bitgaze.graph.Rewritten;
import org.bitgaze.weights.DerivedTensors;
import org.bitgaze.weights.DerivedTensors.Derivation;
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
    Map<String, Derivation> derived = new LinkedHashMap<>();
    for (Node node : before.nodes()) {
      Precision precision = configuration.get(node.name()).weights();
      if (precision.isFloat()) {
        continue;
      }
      for (String local : node.op().weights()) {
        String name = node.name() + "." + local;
        derived.put(
            name,
            new Derivation(
                node.op().parameters().get(local),
                base -> WeightQuantization.fakeQuantize(base.read(name), precision)));
      }
    }
    return new DerivedTensors(weights, derived);
  }
}
