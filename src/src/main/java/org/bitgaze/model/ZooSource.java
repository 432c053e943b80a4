package org.bitgaze.model;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.onnx.ClippedLogits;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.LayerChoice;
import org.bitgaze.zoo.PublishedWeights;

/**
 * A network of the zoo.
 *
 * @param architecture which
 * @param weights where its parameters come from
 */
record ZooSource(Architecture architecture, Weights weights) implements Source {
  private static final long serialVersionUID = 1L;

  @Override
  public String network() {
    return architecture.id();
  }

  @Override
  public String title() {
    return architecture.title();
  }

  @Override
  public String location() {
    return weights.location();
  }

  @Override
  public InputStream stream() throws IOException {
    return weights.stream(architecture);
  }

  /** The published weights' preprocessing; the usual one of ImageNet if there are none. */
  private static Preprocessing published(Architecture architecture) {
    return PublishedWeights.of(architecture)
        .findFirst()
        .map(PublishedWeights::preprocessing)
        .orElse(Preprocessing.IMAGENET);
  }

  private Preprocessing preprocessing(TensorSource source, Optional<Preprocessing> said)
      throws IOException {
    if (said.isPresent()) {
      return said.get();
    }
    String written = source.metadata().get(Preprocessing.METADATA_KEY);
    if (written == null) {
      return weights.preprocessing(architecture).orElseGet(() -> published(architecture));
    }
    try {
      return Preprocessing.parse(written);
    } catch (IllegalArgumentException e) {
      throw new WeightsException(source.description() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<String> targetLayer(String named, LayerChoice choice) {
    return Optional.of(named.isEmpty() ? architecture.targetLayer(choice) : named);
  }

  @Override
  public Content open(String named, LayerChoice choice, Optional<Preprocessing> said)
      throws IOException {
    TensorSource source = weights.open(architecture);
    try {
      Network network = architecture.network(classes(source), source);
      if (classes(source) < 2) {
        throw new WeightsException(
            source.description()
                + ": the head has one output: a binary classifier; use an ONNX file of it");
      }
      return new Content(
          network,
          preprocessing(source, said),
          targetLayer(named, choice).orElseThrow(),
          source.notices(),
          Objective.CLASSIFICATION);
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** The classifier's number of outputs, or ImageNet's if the file has no such tensor. */
  private int classes(TensorSource source) throws IOException {
    Graph graph = architecture.graph(Architecture.IMAGENET_CLASSES);
    List<Node> layers = graph.nodes().stream().filter(n -> !n.op().parameters().isEmpty()).toList();
    String classifier = layers.get(layers.size() - 1).name() + ".weight";
    if (source.names().contains(classifier) && source.shape(classifier).length > 0) {
      return source.shape(classifier)[0];
    }
    return Architecture.IMAGENET_CLASSES;
  }

  @Override
  public InputDescription input() {
    return InputDescription.DEFAULT;
  }

  @Override
  public Source withInput(InputDescription input) {
    throw new IllegalArgumentException(network() + " has an input that is known");
  }

  @Override
  public Source withWeights(Weights other) {
    return new ZooSource(architecture, other);
  }

  @Override
  public Source withClippedLogits(ClippedLogits clipped) {
    return this;
  }
}
