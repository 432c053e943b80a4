package org.bitgaze.network;

import org.bitgaze.weights.TensorSource;

/** A transformation of a network: it rewrites the graph and derives the new parameters. */
@FunctionalInterface
public interface Pass {

  /**
   * Rewrites a graph.
   *
   * @param graph the graph
   * @return the new graph, and where the nodes' outputs are now
   */
  Rewritten rewrite(Graph graph);

  /**
   * Derives the parameters of the new graph.
   *
   * @param before the graph before the pass
   * @param weights its parameters
   * @return the new graph's parameters, computed when they are read
   */
  default TensorSource derive(Graph before, TensorSource weights) {
    return weights;
  }
}
