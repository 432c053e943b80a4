package org.bitgaze.program;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.graph.Node;
import org.bitgaze.graph.Shapes;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.SceneWeights;

/**
 * A network of the zoo and the file of its weights.
 *
 * @param architecture torchvision's name of the network
 * @param weights path of the file, or {@link SceneWeights#LOCATION} for those that come with
 *     Bitgaze
 */
public record ModelFile(String architecture, String weights) implements Serializable {

  /**
   * Returns a network that was trained on synthetic scenes, with the weights that come along.
   *
   * @param architecture one of {@link SceneWeights#networks}
   * @return the network
   */
  public static ModelFile ofScenes(String architecture) {
    return new ModelFile(architecture, SceneWeights.LOCATION);
  }

  /**
   * A network whose weights file is open.
   *
   * @param network the network, checked: every parameter is there and has the right shape
   * @param source the open file
   */
  public record Opened(Network network, TensorSource source) implements Closeable {
    /**
     * Returns the size of the network's output.
     *
     * @return number of classes
     */
    public int classes() {
      return Shapes.of(network.graph(), 224, 224).get(network.graph().output().name())[0];
    }

    @Override
    public void close() throws IOException {
      if (source instanceof Closeable closeable) {
        closeable.close();
      }
    }
  }

  /**
   * Opens the weights and builds the network with as many classes as they have.
   *
   * @return the network
   * @throws IOException if the file cannot be read, or a tensor is missing or of another shape
   */
  public Opened open() throws IOException {
    Architecture zoo = Architecture.of(architecture);
    TensorSource source =
        weights.equals(SceneWeights.LOCATION)
            ? SceneWeights.open(architecture)
            : WeightsFile.open(Path.of(weights));
    Opened opened = new Opened(new Network(zoo.graph(classes(zoo, source)), source), source);
    try {
      opened.network().check();
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  /** The classifier's number of outputs, or ImageNet's if the file has no such tensor. */
  private static int classes(Architecture zoo, TensorSource source) throws IOException {
    Graph graph = zoo.graph(Architecture.IMAGENET_CLASSES);
    List<Node> layers = graph.nodes().stream().filter(n -> !n.op().parameters().isEmpty()).toList();
    String classifier = layers.get(layers.size() - 1).name() + ".weight";
    if (source.names().contains(classifier) && source.shape(classifier).length > 0) {
      return source.shape(classifier)[0];
    }
    return Architecture.IMAGENET_CLASSES;
  }
}
