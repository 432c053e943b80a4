package org.bitgaze.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.weights.DerivedTensors;
import org.bitgaze.weights.HashNumbers;
import org.bitgaze.weights.Tensor;

/**
 * Which of a network's weights are replaced by random ones (Adebayo et al. 2018, "Sanity checks for
 * saliency maps"). The numbers depend on a parameter's name alone.
 *
 * <p>With u uniform in [-1, 1): tensors of several dimensions are u sqrt(6 / fan-in), variances 1 +
 * 0.5 |u|, other weights of one dimension 1 + 0.1 u, everything else 0.1 u.
 */
public enum RandomWeights {
  /** None of them. */
  NONE,
  /** Those of all layers that follow the target layer. */
  HEAD,
  /** All of them. */
  ALL;

  private static final String STREAM = "sanity:0:";

  /** Replaces the weights of an open model. */
  OpenModel applyTo(OpenModel model) {
    if (this == NONE) {
      return model;
    }
    Graph graph = model.network().graph();
    Set<String> kept = this == HEAD ? graph.ancestors(model.targetNode()) : Set.of();
    Map<String, int[]> shapes = graph.parameters();
    Map<String, DerivedTensors.Derivation> random = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (!kept.contains(node.name())) {
        for (String local : node.op().parameters().keySet()) {
          String name = node.name() + "." + local;
          int[] shape = shapes.get(name);
          random.put(name, new DerivedTensors.Derivation(shape, base -> draw(name, local, shape)));
        }
      }
    }
    Network network =
        new Network(graph, new DerivedTensors(model.network().weights(), Map.copyOf(random)));
    return new OpenModel(
        network, model.preprocessing(), model.targetLayer(), model.execution(), model.objective());
  }

  private static Tensor draw(String name, String local, int[] shape) {
    HashNumbers numbers = HashNumbers.of(STREAM + name);
    float[] data = new float[Math.toIntExact(Tensor.elements(shape))];
    double scale = shape.length > 1 ? Math.sqrt(6.0 * shape[0] / data.length) : 0.1;
    for (int i = 0; i < data.length; i++) {
      double u = numbers.symmetric(i);
      boolean variance = local.equals("running_var");
      boolean one = shape.length < 2 && local.equals("weight");
      data[i] = (float) (variance ? 1 + 0.5 * Math.abs(u) : (one ? 1 : 0) + scale * u);
    }
    return new Tensor(shape, data);
  }
}
