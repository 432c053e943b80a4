package org.bitgaze.explain.perturb;

import org.bitgaze.image.Heatmap;

/** A map method that runs the network forward only. */
interface ForwardMethod {

  /**
   * Computes a map.
   *
   * @param input what is explained
   * @return the map, at the method's own resolution; values may be negative
   */
  Heatmap map(ExplainedInput input);
}
