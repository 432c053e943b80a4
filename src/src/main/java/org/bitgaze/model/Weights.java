package org.bitgaze.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WantedParameters;
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
   * @param part which of several state dicts in it; empty for the only one that fits
   */
  record File(String path, String part) implements Weights {
    private static final long serialVersionUID = 1L;

    /** What stands between a file's path and the part. */
    private static final char SEPARATOR = '#';

    /**
     * Reads a file and perhaps a part.
     *
     * @param text {@code FILE} or {@code FILE#PART}; a file of the whole name is that file
     * @return the weights; whether the file is there is not looked at
     */
    public static File of(String text) {
      int separator = Files.exists(Path.of(text)) ? -1 : text.lastIndexOf(SEPARATOR);
      String path = separator < 0 ? text : text.substring(0, separator);
      return new File(
          Path.of(path).toAbsolutePath().normalize().toString(),
          separator < 0 ? "" : text.substring(separator + 1));
    }

    @Override
    public TensorSource open(Architecture network) throws IOException {
      return WeightsFile.open(Path.of(path), wanted(network), part);
    }

    /** What the network needs, with any number of classes. */
    private static WantedParameters wanted(Architecture network) {
      Map<String, int[]> shapes = network.stateDict(Architecture.IMAGENET_CLASSES);
      network
          .stateDict(Architecture.IMAGENET_CLASSES + 1)
          .forEach(
              (name, other) -> {
                int[] shape = shapes.get(name);
                for (int i = 0; i < shape.length; i++) {
                  shape[i] = shape[i] == other[i] ? shape[i] : WantedParameters.ANY;
                }
              });
      return new WantedParameters(network.id(), shapes);
    }

    @Override
    public InputStream stream(Architecture network) throws IOException {
      return Files.newInputStream(Path.of(path));
    }

    @Override
    public String location() {
      return part.isEmpty() ? path : path + SEPARATOR + part;
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
      return new File(file.toString(), "");
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
