package org.bitgaze.explain.perturb;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.Classification;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.measure.Grid;
import org.bitgaze.network.op.Input;

/** Explains by running a network forward only, whatever the engine and the task. */
public final class ForwardExplainer implements Explainer {
  private final ForwardNetwork network;
  private final Objective objective;
  private final Preprocessing preprocessing;
  private final ForwardMethod method;

  /**
   * Makes an explainer.
   *
   * @param network the network, which is closed with the explainer
   * @param objective what its outputs mean
   * @param preprocessing what is done to images
   * @param perturbations the method
   */
  public ForwardExplainer(
      ForwardNetwork network,
      Objective objective,
      Preprocessing preprocessing,
      Perturbations perturbations) {
    this.network = network;
    this.objective = objective;
    this.preprocessing = preprocessing;
    this.method = perturbations.of(preprocessing.normalization());
  }

  @Override
  public List<List<Explanation>> explain(List<Input> inputs) {
    for (Input input : inputs) {
      ImageSize found = new ImageSize(input.image().width(), input.image().height());
      if (!found.equals(network.size())) {
        throw new IllegalArgumentException(
            "the network sees %s pixels, but the image has %s".formatted(network.size(), found));
      }
    }
    List<float[]> normalized =
        inputs.stream()
            .map(input -> preprocessing.normalization().normalize(input.image()))
            .toList();
    List<float[]> outputs = network.outputs(normalized);
    List<List<Explanation>> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      all.add(
          List.of(
              objective.isClassification()
                  ? ofClass(input, normalized.get(i), outputs.get(i))
                  : ofTask(input, normalized.get(i), outputs.get(i))));
    }
    return all;
  }

  private Explanation ofClass(Input input, float[] normalized, float[] outputs) {
    int explained = input.explainedClass().orElseGet(() -> Classification.largest(outputs));
    if (explained < 0 || explained >= outputs.length) {
      throw new IllegalArgumentException(
          "class %d is not one of the network's %d".formatted(explained, outputs.length));
    }
    Answer answer =
        new Classification.ClassAnswer(explained, Classification.probability(outputs, explained));
    return new Explanation(map(normalized, outputs, answer), outputs, explained, false);
  }

  private Explanation ofTask(Input input, float[] normalized, float[] outputs) {
    Grid grid = Grid.of(preprocessing.framing(), input.size());
    Answer own = objective.answer(outputs, grid);
    Answer explained = input.reference().orElse(own);
    return new Explanation(
        map(normalized, outputs, explained),
        outputs,
        explained.mainClass(),
        false,
        0,
        Fidelity.UNKNOWN,
        Optional.of(new Answered(objective, own)));
  }

  private Heatmap map(float[] normalized, float[] outputs, Answer explained) {
    Answered answered = new Answered(objective, explained);
    return objective
        .weights(outputs.length, explained)
        .map(weights -> Explained.of(answered, weights))
        .map(what -> method.map(new ExplainedInput(network, normalized, outputs, what)))
        .orElse(Explanation.NO_MAP);
  }

  @Override
  public List<float[]> outputs(List<float[]> inputs) {
    ImageSize size = network.size();
    for (float[] input : inputs) {
      if (input.length != 3 * size.height() * size.width()) {
        throw new IllegalArgumentException(
            "an input has %d numbers, expected 3 x %d x %d"
                .formatted(input.length, size.height(), size.width()));
      }
    }
    return network.outputs(inputs);
  }

  @Override
  public void close() {
    network.close();
  }
}
