package org.bitgaze.model;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.AttentionBlock;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.sweep.FilePairs;

/**
 * A model whose weights are open.
 *
 * @param network the network, checked: every parameter is there and has the right shape
 * @param preprocessing what is done to images
 * @param targetLayer layer whose activations a map weighs; several with commas between
 * @param execution how the network is run
 * @param objective what the outputs mean
 */
public record OpenModel(
    Network network,
    Preprocessing preprocessing,
    String targetLayer,
    Execution execution,
    Objective objective)
    implements Closeable {

  /**
   * Opens a classifier.
   *
   * @param network the network, checked: every parameter is there and has the right shape
   * @param preprocessing what is done to images
   * @param targetLayer layer whose activations a map weighs
   * @param execution how the network is run
   */
  public OpenModel(
      Network network, Preprocessing preprocessing, String targetLayer, Execution execution) {
    this(network, preprocessing, targetLayer, execution, Objective.CLASSIFICATION);
  }

  /** {@return height and width of the network's input} */
  public Size size() {
    return new Size(preprocessing.framing().height(), preprocessing.framing().width());
  }

  /**
   * Finds the target layer.
   *
   * @return the node whose output a map weighs
   * @throws IllegalArgumentException if the layer is unknown or unfit, listing the possible ones,
   *     or there are several target layers
   */
  public String targetNode() {
    if (TargetLayer.names(targetLayer).size() > 1) {
      throw new IllegalArgumentException(
          "there are several target layers, "
              + targetLayer
              + ": only 'bitgaze audit' averages their maps");
    }
    return resolved(targetLayer);
  }

  private String resolved(String layer) {
    return TargetLayer.resolve(
        network.graph(),
        layer,
        size(),
        execution.mode(),
        execution.target().bypass() || !objective.isClassification());
  }

  /**
   * Tells how the target layer's output is seen as an image.
   *
   * @return the view
   * @throws IllegalArgumentException if the layer is unknown or unfit, listing the possible ones
   */
  public TargetView targetView() {
    return TargetLayer.view(network.graph(), targetNode(), size());
  }

  /**
   * Returns the map method for this model if its user names none.
   *
   * @return that of the task; of a classifier, that of tokens where the target layer has tokens, or
   *     channels last in a network with attention; else that of convolutional networks. The first
   *     of several target layers decides.
   */
  public MapMethod defaultMethod() {
    if (!objective.isClassification()) {
      return objective.method();
    }
    String first = resolved(TargetLayer.names(targetLayer).get(0));
    TargetView view = TargetLayer.view(network.graph(), first, size());
    boolean windows =
        view.layout() == TargetView.Layout.CHANNELS_LAST
            && !AttentionBlock.of(network.graph()).isEmpty();
    return MapMethod.defaultOf(view.isOfTokens() || windows);
  }

  /**
   * Returns the number of classes, which is that of a classifier's outputs.
   *
   * @return number of classes
   */
  public int classes() {
    return objective.isClassification()
        ? Shapes.of(network.graph(), size().height(), size().width())
            .get(network.graph().output().name())[0]
        : objective.classes();
  }

  /**
   * Lists what can be quantized by itself: points with the weights that feed them; of a file that
   * is quantized, its pairs, see {@link FilePairs}.
   *
   * @return the layers, in network order
   */
  public List<QuantizableLayer> layers() {
    Graph graph = network().apply(execution().mode()).graph();
    return FilePairs.areIn(graph)
        ? FilePairs.of(graph)
        : QuantizableLayer.of(graph, execution().scheme(), size());
  }

  @Override
  public void close() throws IOException {
    network.weights().close();
  }
}
