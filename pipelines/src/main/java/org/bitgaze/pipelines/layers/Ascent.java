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
 * The way from the cheapest precision everywhere to floating point everywhere. Each step raises the
 * precision of the layer whose harm falls most for the cost.
 *
 * @param layers the network's layers
 * @param rungs precisions, none cheaper than the one before; the last is {@link Precision#F32}
 * @param cost the cost of steps
 */
record Ascent(List<QuantizableLayer> layers, List<Precision> rungs, CostKind cost) {

  /** The harm of a layer when it alone has a precision; 0 for floating point. */
  @FunctionalInterface
  interface Harm {
    double of(QuantizableLayer layer, Precision precision);
  }

  /** The configuration in which all layers have the fewest bits. */
  Configuration bottom() {
    return new Configuration("", LayerPrecision.of(rungs.get(0)), Map.of());
  }

  /**
   * Climbs by harm. A step may skip rungs, because neighbouring precisions may do the same harm:
   * what counts is the harm that it removes for its cost. The step of a layer without weights costs
   * nothing, and comes first if it removes any harm.
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
          // Compares gain / price; if both prices are 0, the gains.
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
   * Climbs at random: layers in an order that the seed decides, rung by rung. Steps that cost
   * nothing are taken as soon as possible, so that the comparison is fair.
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
   * Finds the first configuration on a way whose cost is not below a price. Of several with the
   * same cost it is the last, because the steps after the first were free.
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

  /** The cost of a configuration. */
  long cost(Configuration configuration) {
    return cost.of(Cost.of(layers, configuration));
  }

  /** The configuration with a layer on the next cheaper rung; empty if there is none. */
  Optional<Configuration> lowered(Configuration configuration, QuantizableLayer layer) {
    for (int rung = rung(configuration, layer) - 1; rung >= 0; rung--) {
      Configuration lower = raised(configuration, layer, rung);
      if (cost(lower) < cost(configuration)) {
        return Optional.of(lower);
      }
    }
    return Optional.empty();
  }

  /** The number of rungs of a layer above the lowest. */
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
