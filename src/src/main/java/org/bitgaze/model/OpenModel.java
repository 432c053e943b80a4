package org.bitgaze.model;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.AttentionBlock;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.QuantizableLayer;

/**
 * A model whose weights are open.
 *
 * @param network the network, checked: every parameter is there and has the right shape
 * @param preprocessing what is done to images
 * @param targetLayer layer whose activations a map weighs
 * @param execution how the network is run
 */
public record OpenModel(
    Network network, Preprocessing preprocessing, String targetLayer, Execution execution)
    implements Closeable {

  /**
   * Finds the target layer.
   *
   * @return the node whose output a map weighs
   * @throws IllegalArgumentException if the layer is unknown or unfit, listing the possible ones
   */
  public String targetNode() {
    return TargetLayer.resolve(
        network.graph(),
        targetLayer,
        preprocessing.framing().side(),
        execution.mode(),
        execution.target().bypass());
  }

  /**
   * Tells how the target layer's output is seen as an image.
   *
   * @return the view
   * @throws IllegalArgumentException if the layer is unknown or unfit, listing the possible ones
   */
  public TargetView targetView() {
    Size size = Size.of(preprocessing.framing().side());
    return TargetLayer.view(network.graph(), targetNode(), size);
  }

  /**
   * Returns the map method for this model if its user names none.
   *
   * @return that of tokens where the target layer has tokens, or channels last in a network with
   *     attention; else that of convolutional networks
   */
  public MapMethod defaultMethod() {
    TargetView view = targetView();
    boolean windows =
        view.layout() == TargetView.Layout.CHANNELS_LAST
            && !AttentionBlock.of(network.graph()).isEmpty();
    return MapMethod.defaultOf(view.isOfTokens() || windows);
  }

  /**
   * Returns the size of the network's output.
   *
   * @return number of classes
   */
  public int classes() {
    int side = preprocessing.framing().side();
    return Shapes.of(network.graph(), side, side).get(network.graph().output().name())[0];
  }

  /**
   * Lists what can be quantized by itself: points with the weights that feed them.
   *
   * @return the layers, in network order
   */
  public List<QuantizableLayer> layers() {
    Graph graph = network().apply(execution().mode()).graph();
    return QuantizableLayer.of(graph, execution().scheme(), preprocessing().framing().side());
  }

  @Override
  public void close() throws IOException {
    network.weights().close();
  }
}
