package org.bitgaze.quant;

import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.graph.Op;

/** Puts an observer at each quantization point, so that running the network shows its ranges. */
public final class ObservePass {
  private ObservePass() {}

  /**
   * Applies the pass.
   *
   * @param network a network whose batch norms are folded
   * @return the same function with observers
   */
  public static Network apply(Network network) {
    Graph graph =
        InsertAfter.apply(
            network.graph(), QuantizationPoints.of(network.graph()), Op.Observe::new, ".observer");
    return new Network(graph, network.weights());
  }
}
