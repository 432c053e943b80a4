package org.bitgaze.network;

import org.bitgaze.weights.TensorSource;

/** A step that rewrites a network: its graph, and what its parameters are derived from. */
@FunctionalInterface
public interface Pass {

  /**
   * Rewrites a graph.
   *
   * @param graph the graph
   * @return the new one, and where the outputs of the nodes went
   */
  Rewritten rewrite(Graph graph);

  /**
   * Derives the parameters of the new graph.
   *
   * @param before the graph before the pass
   * @param weights its parameters
   * @return the parameters of the new graph, computed when they are read
   */
  default TensorSource derive(Graph before, TensorSource weights) {
    return weights;
  }
}
