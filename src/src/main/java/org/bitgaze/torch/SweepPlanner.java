package org.bitgaze.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.sweep.PrecisionAlternatives;

/**
 * Plans in which order a {@link SweepProgram} computes configurations, and what it reuses. Each
 * configuration starts at the first segment in which it differs from its base: an earlier
 * configuration without exceptions, the one with the most segments in common.
 *
 * @param places the program's layers, in network order
 * @param segments number of parts into which the backbone is cut
 * @param alternatives the precisions that a layer may have
 */
record SweepPlanner(List<Place> places, int segments, PrecisionAlternatives alternatives) {
  /** Column of the first segment that is computed. */
  static final int FIRST = 0;

  /** Column of the base's index among those that are kept. */
  static final int BASE = 1;

  /** Column that tells whether the configuration is a base of others: 1 or 0. */
  static final int KEPT = 2;

  private static final int LAYERS = 3;

  /** Column of the number of a layer's weights, see {@link PrecisionAlternatives}. */
  static int weights(int layer) {
    return LAYERS + 2 * layer;
  }

  /** Column of the number of a layer's activation. */
  static int activation(int layer) {
    return LAYERS + 2 * layer + 1;
  }

  /**
   * Where a layer is computed.
   *
   * @param layer the layer
   * @param weights the segment that reads its weights; {@link #segments} if that follows the target
   *     layer, which is computed for every configuration
   * @param activation the segment that makes its activation, likewise
   */
  record Place(QuantizableLayer layer, int weights, int activation) {}

  /**
   * A plan.
   *
   * @param order indices of the configurations, the reference first, those without exceptions next
   * @param rows one per configuration in that order, with the columns above
   * @param multiplyAdds cost of the backbones of all configurations for one image
   * @param computed how much of that is computed
   */
  record Plan(List<Integer> order, List<long[]> rows, long multiplyAdds, long computed) {}

  /** Copies the list. */
  SweepPlanner {
    places = List.copyOf(places);
  }

  /** {@return the layers' names, in network order} */
  List<String> layers() {
    return places.stream().map(p -> p.layer().name()).toList();
  }

  /**
   * Plans.
   *
   * @param configurations the reference first, which is {@link Configuration#F32}
   * @param reuses whether bases are used; otherwise each configuration is computed as a whole
   * @throws IllegalArgumentException if the reference is another, or a configuration names a layer
   *     that the program does not have, or a precision that is not an alternative
   */
  Plan plan(List<Configuration> configurations, boolean reuses) {
    if (configurations.isEmpty() || !configurations.get(0).isFloat()) {
      throw new IllegalArgumentException("a sweep must start with " + Configuration.F32);
    }
    List<Configuration> bases = new ArrayList<>();
    List<long[]> rows = new ArrayList<>();
    List<Integer> order = new ArrayList<>(configurations.size());
    IntStream.range(0, configurations.size()).forEach(order::add);
    // The sort is stable: the reference stays first.
    order.sort(Comparator.comparing(i -> !configurations.get(i).layers().isEmpty()));
    long[] costs = costs();
    long computed = 0;
    for (int index : order) {
      Configuration configuration = configurations.get(index);
      configuration.check("the program", layers());
      long[] row = new long[LAYERS + 2 * places.size()];
      for (int b = 0; b < bases.size(); b++) {
        int first = firstDifference(bases.get(b), configuration);
        if (first > row[FIRST]) {
          row[FIRST] = first;
          row[BASE] = b;
        }
      }
      if (reuses && configuration.layers().isEmpty()) {
        row[KEPT] = 1;
        bases.add(configuration);
      }
      for (int i = 0; i < places.size(); i++) {
        LayerPrecision layer = configuration.get(places.get(i).layer().name());
        row[weights(i)] = alternatives.number(layer.weights());
        row[activation(i)] = alternatives.number(layer.activation());
      }
      computed += Arrays.stream(costs).skip(row[FIRST]).sum();
      rows.add(row);
    }
    return new Plan(order, rows, Arrays.stream(costs).sum() * configurations.size(), computed);
  }

  private long[] costs() {
    long[] costs = new long[segments + 1];
    for (Place place : places) {
      costs[place.weights()] += place.layer().multiplyAdds();
    }
    return costs;
  }

  private int firstDifference(Configuration a, Configuration b) {
    int first = segments;
    for (Place place : places) {
      LayerPrecision one = a.get(place.layer().name());
      LayerPrecision other = b.get(place.layer().name());
      if (place.layer().weights() > 0 && !one.weights().equals(other.weights())) {
        first = Math.min(first, place.weights());
      }
      if (place.layer().hasPoint() && !one.activation().equals(other.activation())) {
        first = Math.min(first, place.activation());
      }
    }
    return first;
  }
}
