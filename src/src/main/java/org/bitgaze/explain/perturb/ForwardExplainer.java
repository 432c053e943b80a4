package org.bitgaze.explain.perturb;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.explain.Classification;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Normalization;

/** Explains by running a network forward only, whatever the engine. */
public final class ForwardExplainer implements Explainer {
  private final ForwardNetwork network;
  private final Normalization normalization;
  private final ForwardMethod method;

  /**
   * Makes an explainer.
   *
   * @param network the network, which is closed with the explainer
   * @param normalization of the network's input
   * @param perturbations the method
   */
  public ForwardExplainer(
      ForwardNetwork network, Normalization normalization, Perturbations perturbations) {
    this.network = network;
    this.normalization = normalization;
    this.method = perturbations.of(normalization);
  }

  @Override
  public List<List<Explanation>> explain(List<Input> inputs) {
    for (Input input : inputs) {
      if (input.image().height() != network.side() || input.image().width() != network.side()) {
        throw new IllegalArgumentException(
            "the network sees %d x %d pixels, but the image has %d x %d"
                .formatted(
                    network.side(), network.side(), input.image().width(), input.image().height()));
      }
    }
    List<float[]> normalized =
        inputs.stream().map(input -> normalization.normalize(input.image())).toList();
    List<float[]> outputs = network.outputs(normalized);
    List<List<Explanation>> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      float[] own = outputs.get(i);
      int explained = inputs.get(i).explainedClass().orElseGet(() -> Classification.largest(own));
      if (explained < 0 || explained >= own.length) {
        throw new IllegalArgumentException(
            "class %d is not one of the network's %d".formatted(explained, own.length));
      }
      Heatmap map = method.map(new ExplainedInput(network, normalized.get(i), own, explained));
      all.add(List.of(new Explanation(map, own, explained, false)));
    }
    return all;
  }

  @Override
  public List<float[]> outputs(List<float[]> inputs) {
    int size = 3 * network.side() * network.side();
    for (float[] input : inputs) {
      if (input.length != size) {
        throw new IllegalArgumentException(
            "an input has %d numbers, expected 3 x %d x %d"
                .formatted(input.length, network.side(), network.side()));
      }
    }
    return network.outputs(inputs);
  }

  @Override
  public void close() {
    network.close();
  }
}
