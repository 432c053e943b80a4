package org.bitgaze.pipelines.layers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Cost;
import org.bitgaze.quant.Layer;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Precision;

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
    Map<Layer, Configuration> each = new LinkedHashMap<>();
    for (Layer layer : ascent.layers()) {
      if (ascent.rung(from, layer) > 0 && layer.weights() > 0) {
        each.put(layer, ascent.lowered(from, layer).named("without " + layer.name()));
      }
    }
    if (each.isEmpty()) {
      return from;
    }
    Evaluation alone = runner.run(List.copyOf(each.values()));
    List<Layer> possible = new ArrayList<>();
    each.forEach(
        (layer, configuration) -> {
          if (alone.holds(model, configuration.name(), search.budget())) {
            possible.add(layer);
          }
        });
    if (possible.isEmpty()) {
      return from;
    }
    possible.sort(
        Comparator.comparingDouble(
            layer -> loss(evaluated, from, alone, each.get(layer)) / saved(from, layer)));
    List<Configuration> chain = new ArrayList<>();
    Configuration trimmed = from;
    for (Layer layer : possible) {
      trimmed = ascent.lowered(trimmed, layer).named("trimmed " + (chain.size() + 1));
      chain.add(trimmed);
    }
    Evaluation together = runner.run(chain);
    Configuration best = from;
    for (Configuration configuration : chain) {
      if (together.holds(model, configuration.name(), search.budget())) {
        best = configuration;
      }
    }
    return best;
  }

  /** How much of the first condition's measure is lost. */
  private double loss(
      Evaluation before, Configuration from, Evaluation after, Configuration lowered) {
    var first = search.budget().get(0);
    double was = before.mean(model, from.name(), first.reference(), first.measure());
    double is = after.mean(model, lowered.name(), first.reference(), first.measure());
    return Math.abs(was - is);
  }

  private double saved(Configuration from, Layer layer) {
    int rung = ascent.rung(from, layer);
    Precision above = ascent.rungs().get(rung);
    Precision below = ascent.rungs().get(rung - 1);
    return ascent.cost().of(Cost.of(layer, LayerPrecision.of(above)))
        - (double) ascent.cost().of(Cost.of(layer, LayerPrecision.of(below)));
  }
}
