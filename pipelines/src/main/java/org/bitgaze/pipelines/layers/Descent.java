package org.bitgaze.pipelines.layers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.measure.Measure;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.QuantizableLayer;

/**
 * Trims a configuration that keeps a budget. In each pass every layer above the lowest precision is
 * lowered by one rung, first alone; then the layers that keep the budget alone are lowered
 * together, one after the other, those with the least loss for the most saving first, as long as
 * the budget is kept. Every configuration is run.
 *
 * @param model the model's id
 * @param ascent the layers and rungs
 * @param search the budget
 */
record Descent(String model, Ascent ascent, Search search) {
  /** Each layer that breaks the budget costs a run over the images; at most this many runs. */
  private static final int ROUNDS = 6;

  /** Runs configurations over the images of the search. */
  @FunctionalInterface
  interface Runner {
    SweepEvaluation run(List<Configuration> configurations) throws IOException;
  }

  /**
   * Trims.
   *
   * @return the cheapest configuration found that keeps the budget
   * @throws IOException if the configurations cannot be run
   */
  Configuration trim(Configuration from, SweepEvaluation evaluated, Runner runner)
      throws IOException {
    Configuration best = from;
    SweepEvaluation before = evaluated;
    // Each pass lowers a layer by one rung.
    for (int pass = 1; pass < ascent.rungs().size(); pass++) {
      Configuration lower = pass(best, before, runner);
      if (lower == best) {
        return best;
      }
      best = lower.named("pass " + pass);
      if (pass + 1 < ascent.rungs().size()) {
        before = runner.run(List.of(best));
      }
    }
    return best;
  }

  private Configuration pass(Configuration from, SweepEvaluation evaluated, Runner runner)
      throws IOException {
    Map<QuantizableLayer, Configuration> each = new LinkedHashMap<>();
    for (QuantizableLayer layer : ascent.layers()) {
      ascent
          .lowered(from, layer)
          .ifPresent(c -> each.put(layer, c.named("without " + layer.name())));
    }
    if (each.isEmpty()) {
      return from;
    }
    SweepEvaluation alone = runner.run(List.copyOf(each.values()));
    List<QuantizableLayer> left = new ArrayList<>();
    each.forEach(
        (layer, configuration) -> {
          if (alone.holdsSurely(model, configuration.name(), search.budget())) {
            left.add(layer);
          }
        });
    // Of layers with equal loss, the largest saving comes first.
    left.sort(
        Comparator.<QuantizableLayer>comparingDouble(
                layer ->
                    loss(evaluated, from, alone, each.get(layer)) / saved(from, each.get(layer)))
            .thenComparing(layer -> -saved(from, each.get(layer))));
    Configuration best = from;
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      List<Configuration> chain = new ArrayList<>();
      Configuration lower = best;
      for (QuantizableLayer layer : left) {
        lower = ascent.lowered(lower, layer).orElseThrow().named("trimmed " + (chain.size() + 1));
        chain.add(lower);
      }
      SweepEvaluation together = runner.run(chain);
      int kept = 0;
      for (int i = 0; i < chain.size(); i++) {
        if (together.holdsSurely(model, chain.get(i).name(), search.budget())) {
          best = chain.get(i);
          kept = i + 1;
        }
      }
      // The layer that broke the budget keeps its precision; the next round tries those after it.
      left.subList(0, Math.min(left.size(), kept + 1)).clear();
    }
    return best;
  }

  private double saved(Configuration from, Configuration lower) {
    return ascent.cost(from) - (double) ascent.cost(lower);
  }

  /** The loss of the first condition's measure; 0 if it improves. */
  private double loss(
      SweepEvaluation before, Configuration from, SweepEvaluation after, Configuration lowered) {
    Condition first = search.budget().get(0);
    double was = before.mean(model, from.name(), first.reference(), first.measure());
    double is = after.mean(model, lowered.name(), first.reference(), first.measure());
    return Math.max(0, first.measure().better() == Measure.Better.LARGER ? was - is : is - was);
  }
}
