package org.bitgaze.torch;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.sweep.PrecisionAlternatives;

/**
 * In which order a {@link SweepProgram} computes configurations, and from where. Each starts at the
 * first segment in which it differs from its base: the one, among the configurations without
 * exceptions that came before, of which most can be kept.
 *
 * @param order indices of the configurations, the reference first, those without exceptions next
 * @param rows one per configuration in that order: {@link #FIRST}, {@link #BASE}, {@link #KEPT} and
 *     then the numbers of weights and activation of each layer, see {@link PrecisionAlternatives}
 * @param multiplyAdds what the backbones of all configurations cost for one image
 * @param computed how much of that is left
 */
record SweepPlan(List<Integer> order, List<long[]> rows, long multiplyAdds, long computed) {
  /** Column of the first segment that is computed. */
  static final int FIRST = 0;

  /** Column of the number of the base, of those that were kept. */
  static final int BASE = 1;

  /** Column that says whether the configuration is a base of others: 1 or 0. */
  static final int KEPT = 2;

  private static final int LAYERS = 3;

  /** Column of the number of a layer's weights. */
  static int weights(int layer) {
    return LAYERS + 2 * layer;
  }

  /** Column of the number of a layer's activation. */
  static int activation(int layer) {
    return LAYERS + 2 * layer + 1;
  }

  /**
   * Plans.
   *
   * @param configurations the reference first, which is {@link Configuration#F32}
   * @param reuses whether bases are used; without, each configuration is computed as a whole
   * @throws IllegalArgumentException if the reference is another, a configuration names a layer
   *     that the program does not have, or a precision that is no choice
   */
  static SweepPlan of(
      SweepOutline outline,
      PrecisionAlternatives choices,
      List<Configuration> configurations,
      boolean reuses) {
    if (configurations.isEmpty() || !configurations.get(0).isFloat()) {
      throw new IllegalArgumentException("a sweep starts with " + Configuration.F32);
    }
    List<Integer> order = new ArrayList<>();
    for (boolean uniform : new boolean[] {true, false}) {
      for (int i = 0; i < configurations.size(); i++) {
        if (configurations.get(i).layers().isEmpty() == uniform) {
          order.add(i);
        }
      }
    }
    List<Configuration> bases = new ArrayList<>();
    List<long[]> rows = new ArrayList<>();
    long[] costs = costs(outline);
    long computed = 0;
    for (int index : order) {
      Configuration configuration = configurations.get(index);
      configuration.check("the program", outline.layers());
      long[] row = new long[LAYERS + 2 * outline.places().size()];
      for (int b = 0; b < bases.size() && reuses; b++) {
        int first = firstDifference(outline, bases.get(b), configuration);
        if (first > row[FIRST]) {
          row[FIRST] = first;
          row[BASE] = b;
        }
      }
      if (configuration.layers().isEmpty() && reuses) {
        row[KEPT] = 1;
        bases.add(configuration);
      }
      for (int i = 0; i < outline.places().size(); i++) {
        LayerPrecision layer = configuration.get(outline.places().get(i).layer().name());
        row[weights(i)] = choices.number(layer.weights());
        row[activation(i)] = choices.number(layer.activation());
      }
      for (int segment = (int) row[FIRST]; segment < costs.length; segment++) {
        computed += costs[segment];
      }
      rows.add(row);
    }
    long whole = 0;
    for (long cost : costs) {
      whole += cost;
    }
    return new SweepPlan(order, rows, whole * configurations.size(), computed);
  }

  private static long[] costs(SweepOutline outline) {
    long[] costs = new long[outline.segments() + 1];
    for (SweepOutline.Place place : outline.places()) {
      costs[place.weights()] += place.layer().multiplyAdds();
    }
    return costs;
  }

  private static int firstDifference(SweepOutline outline, Configuration a, Configuration b) {
    int first = outline.segments();
    for (SweepOutline.Place place : outline.places()) {
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
