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
 * Trims a configuration that keeps a budget: each layer above the bottom is put back a rung, first
 * each by itself, then, those that may be, one after the other, the most saving for the least loss
 * first, as far as the budget is kept. Every configuration is run before it is believed.
 *
 * @param model the model's id
 * @param ascent the layers and rungs
 * @param search what is to be kept
 */
record Descent(String model, Ascent ascent, Search search) {
  /**
   * A layer that does not fit costs a run over the images; the first few are left out one by one.
   */
  private static final int ROUNDS = 6;

  /** Runs configurations over the images of the search. */
  @FunctionalInterface
  interface Runner {
    Evaluation run(List<Configuration> configurations) throws IOException;
  }

  /**
   * Trims.
   *
   * @return the cheapest configuration that was found to keep the budget
   * @throws IOException if the configurations cannot be run
   */
  Configuration trim(Configuration from, Evaluation evaluated, Runner runner) throws IOException {
    Configuration best = from;
    Evaluation before = evaluated;
    // A layer goes down a rung in each pass.
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

  private Configuration pass(Configuration from, Evaluation evaluated, Runner runner)
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
    Evaluation alone = runner.run(List.copyOf(each.values()));
    List<QuantizableLayer> left = new ArrayList<>();
    each.forEach(
        (layer, configuration) -> {
          if (alone.holdsSurely(model, configuration.name(), search.budget())) {
            left.add(layer);
          }
        });
    // Of those whose loss is the same, as no answer flips or all do, the largest saving first.
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
      Evaluation together = runner.run(chain);
      int kept = 0;
      for (int i = 0; i < chain.size(); i++) {
        if (together.holdsSurely(model, chain.get(i).name(), search.budget())) {
          best = chain.get(i);
          kept = i + 1;
        }
      }
      // The layer that broke the budget stays where it is, and those behind it are tried without.
      left.subList(0, Math.min(left.size(), kept + 1)).clear();
    }
    return best;
  }

  private double saved(Configuration from, Configuration lower) {
    return ascent.cost(from) - (double) ascent.cost(lower);
  }

  /** How much worse the first condition's measure becomes; 0 if it becomes better. */
  private double loss(
      Evaluation before, Configuration from, Evaluation after, Configuration lowered) {
    Condition first = search.budget().get(0);
    double was = before.mean(model, from.name(), first.reference(), first.measure());
    double is = after.mean(model, lowered.name(), first.reference(), first.measure());
    return Math.max(0, first.measure().better() == Measure.Better.LARGER ? was - is : is - was);
  }
}
