package org.bitgaze.model;

import java.io.Closeable;
import java.io.IOException;
import org.bitgaze.graph.Network;
import org.bitgaze.graph.Shapes;
import org.bitgaze.image.Preprocessing;

/**
 * A model whose weights are open.
 *
 * @param network the network, checked: every parameter is there and has the right shape
 * @param preprocessing what is done to images
 * @param targetLayer layer whose activations a map weighs
 */
public record OpenModel(Network network, Preprocessing preprocessing, String targetLayer)
    implements Closeable {

  /**
   * Returns the size of the network's output.
   *
   * @return number of classes
   */
  public int classes() {
    int side = preprocessing.framing().side();
    return Shapes.of(network.graph(), side, side).get(network.graph().output().name())[0];
  }

  @Override
  public void close() throws IOException {
    network.weights().close();
  }
}
