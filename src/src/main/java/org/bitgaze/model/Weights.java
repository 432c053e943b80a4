package org.bitgaze.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.PublishedWeights;
import org.bitgaze.zoo.SceneWeights;
import org.bitgaze.zoo.WeightsFolder;

/** Where a network's parameters come from. */
public sealed interface Weights extends Serializable {

  /**
   * Opens the tensors.
   *
   * @param network whose weights they are
   * @return the tensors, to be closed
   * @throws IOException if there are none or they cannot be read
   */
  TensorSource open(Architecture network) throws IOException;

  /**
   * Returns the bytes, for a digest.
   *
   * @param network whose weights they are
   * @return the file's content, to be closed
   * @throws IOException if there are none or they cannot be read
   */
  InputStream stream(Architecture network) throws IOException;

  /**
   * Says where they are.
   *
   * @return a path, or a name
   */
  String location();

  /**
   * Returns what is known of the preprocessing without looking into the file.
   *
   * @param network whose weights they are
   * @return that of the published weights whose file has this name; nothing for other files
   * @throws IOException if there is no file
   */
  default Optional<Preprocessing> preprocessing(Architecture network) throws IOException {
    return Optional.empty();
  }

  /**
   * A file in safetensors' or PyTorch's format.
   *
   * @param path of the file, the same on every worker
   */
  record File(String path) implements Weights {
    private static final long serialVersionUID = 1L;

    @Override
    public TensorSource open(Architecture network) throws IOException {
      return WeightsFile.open(Path.of(path));
    }

    @Override
    public InputStream stream(Architecture network) throws IOException {
      return Files.newInputStream(Path.of(path));
    }

    @Override
    public String location() {
      return path;
    }

    @Override
    public Optional<Preprocessing> preprocessing(Architecture network) {
      String name = Path.of(path).getFileName().toString();
      for (PublishedWeights weights : PublishedWeights.values()) {
        if (weights.fileName().equals(name)) {
          return Optional.of(weights.preprocessing());
        }
      }
      return Optional.empty();
    }
  }

  /** torchvision's published weights, in the cache where {@code bitgaze weights pull} puts them. */
  record Published() implements Weights {
    private static final long serialVersionUID = 1L;

    @Override
    public TensorSource open(Architecture network) throws IOException {
      return file(network).open(network);
    }

    @Override
    public InputStream stream(Architecture network) throws IOException {
      return file(network).stream(network);
    }

    @Override
    public String location() {
      return WeightsFolder.cache().path().toString();
    }

    @Override
    public Optional<Preprocessing> preprocessing(Architecture network) throws IOException {
      return file(network).preprocessing(network);
    }

    private static File file(Architecture network) throws IOException {
      WeightsFolder cache = WeightsFolder.cache();
      Path file =
          cache
              .find(network.id())
              .orElseThrow(
                  () ->
                      new WeightsException(
                          "no weights for " + network.id() + " in " + cache.path()));
      return new File(file.toString());
    }
  }

  /** Those that come with Bitgaze, trained on synthetic scenes. */
  record Scenes() implements Weights {
    private static final long serialVersionUID = 1L;

    @Override
    public TensorSource open(Architecture network) throws IOException {
      return SceneWeights.open(network.id());
    }

    @Override
    public InputStream stream(Architecture network) throws IOException {
      return SceneWeights.stream(network.id());
    }

    @Override
    public String location() {
      return "scenes";
    }
  }
}
