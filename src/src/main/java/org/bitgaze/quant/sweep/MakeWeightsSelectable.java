package org.bitgaze.quant.sweep;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.network.Edit;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Pass;
import org.bitgaze.network.Rewritten;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.WeightQuantization;
import org.bitgaze.weights.DerivedTensors;
import org.bitgaze.weights.DerivedTensors.Derivation;
import org.bitgaze.weights.TensorSource;

/**
 * Gives each layer its weights at several precisions, see {@link SelectableWeights}.
 *
 * @param numbers layer to the program's variable that selects
 * @param precisions integer precisions
 */
record MakeWeightsSelectable(Map<String, String> numbers, List<Precision> precisions)
    implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    return graph.rewrite(
        node ->
            node.op().weights().isEmpty()
                ? Edit.KEEP
                : new Edit.ReplaceKeepingOutput(
                    new SelectableWeights(node.op(), numbers.get(node.name()), precisions)));
  }

  @Override
  public TensorSource derive(Graph before, TensorSource weights) {
    Map<String, Derivation> derived = new LinkedHashMap<>();
    for (Node node : before.nodes()) {
      for (String local : node.op().weights()) {
        String name = node.name() + "." + local;
        for (Precision precision : precisions) {
          WeightQuantization quantization = new WeightQuantization(precision);
          derived.put(
              SelectableWeights.parameter(name, precision),
              new Derivation(
                  node.op().parameters().get(local),
                  base -> quantization.fakeQuantize(base.read(name))));
        }
      }
    }
    return new DerivedTensors(weights, derived);
  }
}
