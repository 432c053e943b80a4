package org.bitgaze.model;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.graph.Node;
import org.bitgaze.graph.TargetLayer;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.PublishedWeights;

/**
 * A network with its weights, under a name of its own: two checkpoints of one architecture are two
 * models. A value that is sent to workers; nothing is read before {@link #open}.
 *
 * <pre>{@code
 * Model.zoo("mobilenet_v2").withWeights(Path.of("/models/qat.safetensors")).named("qat")
 * }</pre>
 */
public final class Model implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What all that decides the results consists of; absent parts are empty. */
  private record Parts(
      String id,
      Architecture architecture,
      Weights weights,
      String targetLayer,
      String preprocessing,
      Execution execution)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  private final Parts parts;

  private Model(Parts parts) {
    this.parts = parts;
  }

  /**
   * Takes a network of the zoo, with the published weights of the cache.
   *
   * @param architecture torchvision's name, which is also the model's id
   * @return the model
   * @throws IllegalArgumentException if there is no such network
   */
  public static Model zoo(String architecture) {
    Architecture network = Architecture.of(architecture);
    return new Model(
        new Parts(network.id(), network, new Weights.Published(), "", "", Execution.DEPLOYMENT));
  }

  /**
   * Gives the model a name of its own.
   *
   * @param id letters, digits, {@code _}, {@code -} and {@code .}
   * @return a new model
   * @throws IllegalArgumentException if the name has other characters
   */
  public Model named(String id) {
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
      throw new IllegalArgumentException(
          "a model cannot be named '" + id + "': letters, digits, _, - and . are allowed");
    }
    return new Model(
        new Parts(
            id,
            parts.architecture,
            parts.weights,
            parts.targetLayer,
            parts.preprocessing,
            parts.execution));
  }

  /**
   * Chooses the weights.
   *
   * @param weights where they come from
   * @return a new model
   */
  public Model withWeights(Weights weights) {
    return new Model(
        new Parts(
            parts.id,
            parts.architecture,
            weights,
            parts.targetLayer,
            parts.preprocessing,
            parts.execution));
  }

  /**
   * Takes the weights from a file.
   *
   * @param file in safetensors' or PyTorch's format, under the same path on every worker
   * @return a new model
   */
  public Model withWeights(Path file) {
    return withWeights(new Weights.File(file.toAbsolutePath().normalize().toString()));
  }

  /**
   * Chooses the layer whose activations a map weighs.
   *
   * @param layer a torchvision module path or node name, see {@link TargetLayer}
   * @return a new model
   */
  public Model withTargetLayer(String layer) {
    return new Model(
        new Parts(
            parts.id,
            parts.architecture,
            parts.weights,
            layer,
            parts.preprocessing,
            parts.execution));
  }

  /**
   * Says what is done to images, whatever the weights say.
   *
   * @param preprocessing for this model
   * @return a new model
   */
  public Model withPreprocessing(Preprocessing preprocessing) {
    return new Model(
        new Parts(
            parts.id,
            parts.architecture,
            parts.weights,
            parts.targetLayer,
            preprocessing.toString(),
            parts.execution));
  }

  /**
   * Chooses how the network is run.
   *
   * @param execution instead of {@link Execution#DEPLOYMENT}
   * @return a new model
   */
  public Model withExecution(Execution execution) {
    return new Model(
        new Parts(
            parts.id,
            parts.architecture,
            parts.weights,
            parts.targetLayer,
            parts.preprocessing,
            execution));
  }

  /**
   * Returns how the network is run.
   *
   * @return {@link Execution#DEPLOYMENT} unless another was chosen
   */
  public Execution execution() {
    return parts.execution;
  }

  /**
   * Returns the model's name.
   *
   * @return torchvision's name of the network unless it was given one
   */
  public String id() {
    return parts.id;
  }

  /**
   * Returns the network.
   *
   * @return one of the zoo
   */
  public Architecture architecture() {
    return parts.architecture;
  }

  /**
   * Returns the name for people.
   *
   * @return the network's as papers write it, unless the model was given a name
   */
  public String title() {
    return parts.id.equals(parts.architecture.id()) ? parts.architecture.title() : parts.id;
  }

  /**
   * Returns where the weights come from.
   *
   * @return the weights
   */
  public Weights weights() {
    return parts.weights;
  }

  /**
   * Returns the layer whose activations a map weighs.
   *
   * @return the one that the execution chooses, unless another was named
   */
  public String targetLayer() {
    return parts.targetLayer.isEmpty()
        ? parts.architecture.targetLayer(parts.execution.target())
        : parts.targetLayer;
  }

  /**
   * Returns what is done to images: what was said, else what the weights' file says or is known of
   * it by its name, else what the network's published weights want; framed as the execution says.
   *
   * @return the preprocessing
   * @throws IOException if the weights cannot be read
   */
  public Preprocessing preprocessing() throws IOException {
    try (TensorSource source = parts.weights.open(parts.architecture)) {
      return preprocessing(source);
    }
  }

  private Preprocessing preprocessing(TensorSource source) throws IOException {
    return parts.execution.resize().apply(recipe(source));
  }

  private Preprocessing recipe(TensorSource source) throws IOException {
    if (!parts.preprocessing.isEmpty()) {
      return Preprocessing.parse(parts.preprocessing);
    }
    String said = source.metadata().get(Preprocessing.METADATA_KEY);
    if (said == null) {
      return parts
          .weights
          .preprocessing(parts.architecture)
          .orElseGet(() -> PublishedWeights.of(parts.architecture.id()).preprocessing());
    }
    try {
      return Preprocessing.parse(said);
    } catch (IllegalArgumentException e) {
      throw new WeightsException(source.description() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Opens the weights and builds the network with as many classes as they have.
   *
   * @return the network, checked: every parameter is there and has the right shape
   * @throws IOException if the file cannot be read, or a tensor is missing or of another shape
   */
  public OpenModel open() throws IOException {
    TensorSource source = parts.weights.open(parts.architecture);
    try {
      Network network = new Network(parts.architecture.graph(classes(source)), source);
      network.check();
      return new OpenModel(network, preprocessing(source), targetLayer(), parts.execution);
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** The classifier's number of outputs, or ImageNet's if the file has no such tensor. */
  private int classes(TensorSource source) throws IOException {
    Graph graph = parts.architecture.graph(Architecture.IMAGENET_CLASSES);
    List<Node> layers = graph.nodes().stream().filter(n -> !n.op().parameters().isEmpty()).toList();
    String classifier = layers.get(layers.size() - 1).name() + ".weight";
    if (source.names().contains(classifier) && source.shape(classifier).length > 0) {
      return source.shape(classifier)[0];
    }
    return Architecture.IMAGENET_CLASSES;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Model model && model.parts.equals(parts);
  }

  @Override
  public int hashCode() {
    return Objects.hash(parts);
  }

  /** Returns id, network and weights. */
  @Override
  public String toString() {
    return parts.id + " (" + parts.architecture.id() + ", " + parts.weights.location() + ")";
  }
}
