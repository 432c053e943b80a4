package org.bitgaze.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.Network;
import org.bitgaze.network.TargetView;
import org.bitgaze.onnx.ClippedLogits;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.onnx.Scores;
import org.bitgaze.zoo.LayerChoice;

/** What a model's network is, and where its parameters come from. */
sealed interface Source extends Serializable permits ZooSource, OnnxSource {
  /**
   * A network that is open.
   *
   * @param network checked: every parameter is there and has the right shape
   * @param preprocessing what is done to images
   * @param targetLayer layer whose activations a map weighs
   * @param notices what was converted or chosen when the files were read, one sentence each
   * @param objective what the outputs mean
   */
  record Content(
      Network network,
      Preprocessing preprocessing,
      String targetLayer,
      List<String> notices,
      Objective objective) {}

  /**
   * A file as another runtime runs it.
   *
   * @param preprocessing what is done to images
   * @param targetLayer the tensor that a map weighs; empty if it is not known
   * @param objective what the outputs mean
   * @param classes the number of classes; 0 if the file does not say it
   * @param targetView how the target layer is seen as an image; empty if the file cannot be
   *     translated, or the translated network does not have the layer
   * @param noImage why the target layer is no image, if the translated network shows that
   * @param scores what the file's scores are
   * @param notices what was assumed, one sentence each
   */
  record Deployed(
      Preprocessing preprocessing,
      String targetLayer,
      Objective objective,
      int classes,
      Optional<TargetView> targetView,
      Optional<String> noImage,
      Scores scores,
      List<String> notices) {}

  /** Describes the network as another runtime runs it; the named layer may be empty. */
  default Deployed deployed(String named, Optional<Preprocessing> said) throws IOException {
    throw new IllegalStateException(network() + " is not a file");
  }

  /** The network's name: torchvision's, or {@code onnx}. */
  String network();

  /** The network's name for people. */
  String title();

  /** A path, or a name. */
  String location();

  /** All bytes that decide the results. */
  InputStream stream() throws IOException;

  /**
   * The layer whose activations a map weighs, if it is known without opening the network; the named
   * one may be empty.
   */
  default Optional<String> targetLayer(String named, LayerChoice choice) {
    return Optional.empty();
  }

  /** Opens the network; its weights are to be closed. */
  Content open(String named, LayerChoice choice, Optional<Preprocessing> said) throws IOException;

  /** What is known of the network's input that its file does not say; nothing for the zoo's. */
  InputDescription input();

  /** The same network with another description of its input. */
  Source withInput(InputDescription input);

  /** The same network with other weights. */
  Source withWeights(Weights weights);

  /** The same network with another gradient of clipped logits. */
  Source withClippedLogits(ClippedLogits clipped);
}
