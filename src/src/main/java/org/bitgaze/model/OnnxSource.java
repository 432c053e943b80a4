package org.bitgaze.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.network.TargetView;
import org.bitgaze.onnx.ClippedLogits;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.zoo.LayerChoice;

/**
 * An ONNX file and the description of its input.
 *
 * @param path of the file, the same on every worker
 * @param clipped the gradient where a quantized network's own output is clipped
 * @param described the description, in the form of {@link InputDescription#toString}; it travels
 *     with the model, so that all workers have the same
 */
record OnnxSource(String path, ClippedLogits clipped, String described) implements Source {
  private static final long serialVersionUID = 1L;

  @Override
  public String network() {
    return "onnx";
  }

  @Override
  public String title() {
    return "ONNX";
  }

  @Override
  public String location() {
    return path;
  }

  private OnnxNetwork read(Optional<Preprocessing> said) throws IOException {
    Path file = Path.of(path);
    InputDescription input = input();
    return OnnxNetwork.read(file, said.map(input::with).orElse(input), clipped);
  }

  /** The network as libtorch runs it; empty if it cannot be translated. */
  private Optional<OnnxNetwork> translated(Optional<Preprocessing> said) throws IOException {
    try {
      return Optional.of(read(said));
    } catch (OnnxException e) {
      return Optional.empty();
    }
  }

  @Override
  public Deployed deployed(String named, Optional<Preprocessing> said) throws IOException {
    InputDescription input = said.map(input()::with).orElse(input());
    DeployedFile file = DeployedFile.read(Path.of(path), input);
    Optional<OnnxNetwork> network = translated(said);
    DeployedFile.Described meaning =
        network.isPresent()
            ? new DeployedFile.Described(network.get().objective(), network.get().notices())
            : untranslated(file, input);
    Objective objective = meaning.objective();
    boolean translatedTask = network.isPresent() && !objective.isClassification();
    String target = named.isEmpty() ? file.target().orElse("") : named;
    if (named.isEmpty() && input.targetLayer().isEmpty()) {
      // The same tensor as in libtorch; else the tensor before the last pooling stays.
      target = network.map(OnnxNetwork::targetLayer).filter(file::hasTensor).orElse(target);
    }
    Optional<TargetView> view = Optional.empty();
    Optional<String> noImage = Optional.empty();
    try {
      // The tensor's shape alone does not tell how it is seen as an image.
      String layer = target;
      view = layer.isEmpty() ? view : network.flatMap(known -> known.view(layer));
    } catch (IllegalArgumentException e) {
      noImage = Optional.of(e.getMessage());
    }
    return new Deployed(
        network.map(OnnxNetwork::preprocessing).orElseGet(file::preprocessing),
        target,
        objective,
        objective.isClassification() ? file.classes() : objective.classes(),
        view,
        noImage,
        translatedTask ? network.get().scores() : file.scores(),
        meaning.notices());
  }

  /** What the outputs mean of a file that cannot be translated. */
  private static DeployedFile.Described untranslated(DeployedFile file, InputDescription input)
      throws OnnxException {
    if (input.isOfOtherTask()) {
      return file.described(input);
    }
    if (input.task().isEmpty() && !file.isClearlyClassifier()) {
      throw new OnnxException(
          ("%s: the nodes before its output '%s' do not show whether it chooses one class; if it"
                  + " does, say --task classification; if not, say --task and what it means")
              .formatted(file.path(), file.outputs().get(0)),
          null);
    }
    return new DeployedFile.Described(Objective.CLASSIFICATION, List.of());
  }

  /** The model's file, and those with its tensors, by the importer where it can read them. */
  private List<Path> files() throws IOException {
    try {
      return read(Optional.empty()).files();
    } catch (OnnxException e) {
      return DeployedFile.read(Path.of(path), input()).files();
    }
  }

  @Override
  public InputStream stream() throws IOException {
    // One after the other: a model may keep each tensor in a file of its own.
    Iterator<Path> files = files().iterator();
    Enumeration<InputStream> parts =
        new Enumeration<>() {
          @Override
          public boolean hasMoreElements() {
            return files.hasNext();
          }

          @Override
          public InputStream nextElement() {
            try {
              return Files.newInputStream(files.next());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    return new SequenceInputStream(parts);
  }

  private String target(OnnxNetwork network, String named) throws OnnxException {
    if (named.isEmpty() && network.targetLayer().isEmpty()) {
      throw new OnnxException(
          path + ": no tensor with channels, height and width is the only path to the output",
          null);
    }
    return named.isEmpty() ? network.targetLayer() : TargetLayer.mapNames(named, network::node);
  }

  @Override
  public Content open(String named, LayerChoice choice, Optional<Preprocessing> said)
      throws IOException {
    OnnxNetwork network = read(said);
    return new Content(
        network.network(),
        network.preprocessing(),
        target(network, named),
        network.notices(),
        network.objective());
  }

  @Override
  public InputDescription input() {
    try {
      return InputDescription.parse(described);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(described, e);
    }
  }

  @Override
  public Source withInput(InputDescription input) {
    return new OnnxSource(path, clipped, input.toString());
  }

  @Override
  public Source withWeights(Weights weights) {
    throw new IllegalArgumentException(path + " has its own weights");
  }

  @Override
  public Source withClippedLogits(ClippedLogits other) {
    return new OnnxSource(path, other, described);
  }
}
