package org.bitgaze.pipelines.layers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.sweep.Cost;

/**
 * The way up from the cheapest precision everywhere to floating point everywhere, a layer at a
 * time: at each step the one that takes away the most harm for its cost.
 *
 * @param layers the network's
 * @param rungs precisions, none cheaper than the one before; the last is {@link Precision#F32}
 * @param cost what steps cost
 */
record Ascent(List<QuantizableLayer> layers, List<Precision> rungs, CostKind cost) {

  /** Harm that a layer does when it alone has a precision; 0 for floating point. */
  @FunctionalInterface
  interface Harm {
    double of(QuantizableLayer layer, Precision precision);
  }

  /** Where all layers have the fewest bits. */
  Configuration bottom() {
    return new Configuration("", LayerPrecision.of(rungs.get(0)), Map.of());
  }

  /**
   * Climbs by harm. A step may pass rungs over: what counts is the harm that it takes away for its
   * cost, and of precisions that do much the same harm the next may be as bad. Of a layer without
   * weights the step costs nothing, and comes first if it takes away any harm.
   *
   * @return all configurations on the way, the bottom first
   */
  List<Configuration> greedy(Harm harm) {
    List<Configuration> way = new ArrayList<>(List.of(bottom()));
    Map<QuantizableLayer, Integer> reached = new HashMap<>();
    layers.forEach(layer -> reached.put(layer, 0));
    while (true) {
      QuantizableLayer best = null;
      int bestRung = 0;
      double bestGain = 0;
      double bestPrice = 0;
      for (QuantizableLayer layer : layers) {
        int rung = reached.get(layer);
        for (int above = rung + 1; above < rungs.size(); above++) {
          double gain = harm(harm, layer, rung) - harm(harm, layer, above);
          double price = price(layer, rung, above);
          // gain / price is larger; where prices are 0, the gain itself.
          double lead = gain * bestPrice - bestGain * price;
          if (best == null || lead > 0 || (lead == 0 && gain > bestGain)) {
            best = layer;
            bestRung = above;
            bestGain = gain;
            bestPrice = price;
          }
        }
      }
      if (best == null) {
        return way;
      }
      reached.put(best, bestRung);
      way.add(raised(way.get(way.size() - 1), best, bestRung));
    }
  }

  /**
   * Climbs at random: whole layers, in an order that a seed decides, rung by rung. What is free is
   * taken as soon as it can be: chance is not to lose by what costs nothing.
   *
   * @return all configurations on the way, the bottom first
   */
  List<Configuration> random(long seed) {
    List<QuantizableLayer> steps = new ArrayList<>();
    for (int rung = 1; rung < rungs.size(); rung++) {
      steps.addAll(layers);
    }
    Collections.shuffle(steps, new Random(seed));
    Map<QuantizableLayer, Integer> reached = new HashMap<>();
    layers.forEach(layer -> reached.put(layer, 0));
    List<Configuration> way = new ArrayList<>(List.of(bottom()));
    layers.forEach(layer -> climbFree(layer, reached, way));
    for (QuantizableLayer layer : steps) {
      int rung = reached.get(layer) + 1;
      if (rung < rungs.size()) {
        reached.put(layer, rung);
        way.add(raised(way.get(way.size() - 1), layer, rung));
        climbFree(layer, reached, way);
      }
    }
    return way;
  }

  private void climbFree(
      QuantizableLayer layer, Map<QuantizableLayer, Integer> reached, List<Configuration> way) {
    for (int rung = reached.get(layer) + 1; rung < rungs.size(); rung++) {
      if (price(layer, rung - 1, rung) > 0) {
        return;
      }
      reached.put(layer, rung);
      way.add(raised(way.get(way.size() - 1), layer, rung));
    }
  }

  /**
   * Finds the first cost on a way that is not below another's: what is compared with it has at
   * least as much to spend. Of configurations of that cost it is the last, for what came after the
   * first was free.
   */
  Configuration firstNotBelow(List<Configuration> way, long price) {
    Configuration found = null;
    for (Configuration configuration : way) {
      if (found == null ? cost(configuration) >= price : cost(configuration) == cost(found)) {
        found = configuration;
      } else if (found != null) {
        return found;
      }
    }
    return found == null ? way.get(way.size() - 1) : found;
  }

  /** What a configuration costs. */
  long cost(Configuration configuration) {
    return cost.of(Cost.of(layers, configuration));
  }

  /** The same with a layer on the next rung that is cheaper; nothing if none is. */
  Optional<Configuration> lowered(Configuration configuration, QuantizableLayer layer) {
    for (int rung = rung(configuration, layer) - 1; rung >= 0; rung--) {
      Configuration lower = raised(configuration, layer, rung);
      if (cost(lower) < cost(configuration)) {
        return Optional.of(lower);
      }
    }
    return Optional.empty();
  }

  /** How many rungs a layer is above the bottom. */
  private int rung(Configuration configuration, QuantizableLayer layer) {
    return rungs.indexOf(configuration.get(layer.name()).weights());
  }

  private Configuration raised(Configuration from, QuantizableLayer layer, int rung) {
    return from.with(layer.name(), LayerPrecision.of(rungs.get(rung)));
  }

  private double harm(Harm harm, QuantizableLayer layer, int rung) {
    Precision precision = rungs.get(rung);
    return precision.isFloat() ? 0 : harm.of(layer, precision);
  }

  private double price(QuantizableLayer layer, int rung, int above) {
    return cost.of(Cost.of(layer, LayerPrecision.of(rungs.get(above))))
        - (double) cost.of(Cost.of(layer, LayerPrecision.of(rungs.get(rung))));
  }
}
