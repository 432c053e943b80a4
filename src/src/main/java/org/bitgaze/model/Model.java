package org.bitgaze.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.bitgaze.explain.Engine;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.onnx.ClippedLogits;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.zoo.Architecture;

/**
 * A network with its weights, under a name of its own: two checkpoints of one architecture are two
 * models. A value that is sent to workers; weights are not read before {@link #open}.
 *
 * <pre>{@code
 * Model.zoo("mobilenet_v2").withWeights(Path.of("/models/qat.safetensors")).named("qat")
 * Model.onnx("mine", Path.of("/models/mine.onnx"))
 * }</pre>
 */
public final class Model implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What all that decides the results consists of; absent parts are empty. */
  private record Parts(
      String id,
      Source source,
      String targetLayer,
      String preprocessing,
      Execution execution,
      Engine engine,
      boolean optimized,
      RandomWeights random)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /** Parts that are being changed. */
  private static final class Draft {
    private String id;
    private Source source;
    private String targetLayer;
    private String preprocessing;
    private Execution execution;
    private Engine engine;
    private boolean optimized;
    private RandomWeights random;
  }

  private final Parts parts;

  /** Does not take part in comparisons: it follows from the parts and the files. */
  private volatile ModelInfo info;

  private Model(Parts parts) {
    this.parts = parts;
  }

  private Model(String id, Source source) {
    this(
        new Parts(
            id, source, "", "", Execution.DEPLOYMENT, Engine.TORCH, true, RandomWeights.NONE));
  }

  private Model with(Consumer<Draft> change) {
    Draft draft = new Draft();
    draft.id = parts.id;
    draft.source = parts.source;
    draft.targetLayer = parts.targetLayer;
    draft.preprocessing = parts.preprocessing;
    draft.execution = parts.execution;
    draft.engine = parts.engine;
    draft.optimized = parts.optimized;
    draft.random = parts.random;
    change.accept(draft);
    return new Model(
        new Parts(
            draft.id,
            draft.source,
            draft.targetLayer,
            draft.preprocessing,
            draft.execution,
            draft.engine,
            draft.optimized,
            draft.random));
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
    return new Model(network.id(), new ZooSource(network, new Weights.Published()));
  }

  /**
   * Takes anybody's network, float or quantized. What the file does not say of its input stands in
   * a small file beside it, see {@link InputDescription}, which is read here and nowhere else:
   * workers need the model alone.
   *
   * @param id letters, digits, {@code _}, {@code -} and {@code .}
   * @param file an ONNX model, under the same path on every worker
   * @return the model
   * @throws IllegalArgumentException if the name has other characters
   * @throws IOException if the small file cannot be read, or says what is not known
   */
  public static Model onnx(String id, Path file) throws IOException {
    return onnx(id, file, InputDescription.of(file));
  }

  /**
   * Takes anybody's network, float or quantized.
   *
   * @param id letters, digits, {@code _}, {@code -} and {@code .}
   * @param file an ONNX model, under the same path on every worker
   * @param input what the file does not say of its input, whatever stands beside it
   * @return the model
   * @throws IllegalArgumentException if the name has other characters
   */
  public static Model onnx(String id, Path file, InputDescription input) {
    String path = file.toAbsolutePath().normalize().toString();
    return new Model(id, new OnnxSource(path, ClippedLogits.PASS, input.toString())).named(id);
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
    return with(draft -> draft.id = id);
  }

  /**
   * Chooses the weights.
   *
   * @param weights where they come from
   * @return a new model
   * @throws IllegalArgumentException if the network is none of the zoo: an ONNX file has its own
   */
  public Model withWeights(Weights weights) {
    return with(draft -> draft.source = parts.source.withWeights(weights));
  }

  /**
   * Takes the weights from a file.
   *
   * @param file in safetensors' or PyTorch's format, under the same path on every worker
   * @return a new model
   * @throws IllegalArgumentException if the network is none of the zoo: an ONNX file has its own
   */
  public Model withWeights(Path file) {
    return withWeights(new Weights.File(file.toAbsolutePath().normalize().toString(), ""));
  }

  /**
   * Chooses what the gradient does where a quantized network's own output is clipped.
   *
   * @param clipped instead of {@link ClippedLogits#PASS}; means nothing to networks of the zoo
   * @return a new model
   */
  public Model withClippedLogits(ClippedLogits clipped) {
    return with(draft -> draft.source = parts.source.withClippedLogits(clipped));
  }

  /**
   * Says what an ONNX file does not say of its input.
   *
   * @param input instead of what is known so far
   * @return a new model
   * @throws IllegalArgumentException if the network is one of the zoo
   */
  public Model withInput(InputDescription input) {
    return with(draft -> draft.source = parts.source.withInput(input));
  }

  /**
   * Returns what is known of an ONNX file's input that the file does not say.
   *
   * @return {@link InputDescription#DEFAULT} for networks of the zoo
   */
  public InputDescription input() {
    return parts.source.input();
  }

  /**
   * Returns what the user should know of an ONNX file.
   *
   * @return such as a type that is computed in float32; empty for networks of the zoo
   * @throws IOException if the file cannot be read
   */
  public List<String> notices() throws IOException {
    return info().notices();
  }

  /**
   * Chooses the layer whose activations a map weighs.
   *
   * @param layer a torchvision module path or node name, see {@link TargetLayer}; a tensor's name
   *     in an ONNX file. Several, with commas between, have maps of their own, which {@link
   *     org.bitgaze.explain.AveragedTargets} averages
   * @return a new model
   */
  public Model withTargetLayer(String layer) {
    return with(draft -> draft.targetLayer = layer);
  }

  /**
   * Separates the target layers.
   *
   * @return this model for each of its target layers alone, in order; this model if it has one
   */
  public List<Model> byTarget() {
    String named =
        parts.targetLayer.isEmpty() ? input().targetLayer().orElse("") : parts.targetLayer;
    List<String> names = TargetLayer.names(named);
    return names.size() == 1 ? List.of(this) : names.stream().map(this::withTargetLayer).toList();
  }

  /**
   * Says what is done to images, whatever the weights say.
   *
   * @param preprocessing for this model
   * @return a new model
   */
  public Model withPreprocessing(Preprocessing preprocessing) {
    return with(draft -> draft.preprocessing = preprocessing.toString());
  }

  /**
   * Chooses how the network is run.
   *
   * @param execution instead of {@link Execution#DEPLOYMENT}
   * @return a new model
   */
  public Model withExecution(Execution execution) {
    return with(draft -> draft.execution = execution);
  }

  /**
   * Chooses what runs the network.
   *
   * @param engine instead of {@link Engine#TORCH}
   * @return a new model
   * @throws IllegalArgumentException if the engine runs ONNX files only, and this is none
   */
  public Model withEngine(Engine engine) {
    if (engine == Engine.ONNX_RUNTIME && !isOnnx()) {
      throw new IllegalArgumentException(
          engine.id() + " runs ONNX files, but " + parts.id + " is a network of the zoo");
    }
    return with(draft -> draft.engine = engine);
  }

  /** {@return what runs the network} */
  public Engine engine() {
    return parts.engine;
  }

  /**
   * Chooses whether ONNX Runtime optimizes the graph, as it does where a file is deployed.
   *
   * @param optimized instead of true; means nothing to other engines
   * @return a new model
   */
  public Model withGraphOptimizations(boolean optimized) {
    return with(draft -> draft.optimized = optimized);
  }

  /** {@return whether ONNX Runtime optimizes the graph} */
  public boolean graphOptimizations() {
    return parts.optimized;
  }

  /**
   * Replaces weights by random ones, to see whether maps depend on them.
   *
   * @param random which weights
   * @return a new model
   */
  public Model withRandomWeights(RandomWeights random) {
    return with(draft -> draft.random = random);
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
   * Tells whether the network comes from a file of its user's.
   *
   * @return whether it is none of the zoo
   */
  public boolean isOnnx() {
    return parts.source instanceof OnnxSource;
  }

  /**
   * Returns the network's name.
   *
   * @return torchvision's, or {@code onnx}
   */
  public String network() {
    return parts.source.network();
  }

  /**
   * Returns the name for people.
   *
   * @return the network's as papers write it, unless the model was given a name
   */
  public String title() {
    return parts.id.equals(network()) ? parts.source.title() : parts.id;
  }

  /**
   * Returns where the network's weights are.
   *
   * @return a path, or a name
   */
  public String location() {
    return parts.source.location();
  }

  /**
   * Returns the bytes that the weights, or the ONNX file and those with its tensors, consist of:
   * for a digest.
   *
   * @return the content, to be closed
   * @throws IOException if there are none or they cannot be read
   */
  public InputStream stream() throws IOException {
    return parts.source.stream();
  }

  /**
   * Describes the model. Its files are opened the first time only, and by {@link #open}; a copy of
   * this model on a worker knows the description already.
   *
   * @return the description
   * @throws IOException if the files cannot be read
   */
  public ModelInfo info() throws IOException {
    if (info == null && parts.engine == Engine.ONNX_RUNTIME) {
      Source.Deployed deployed = parts.source.deployed(parts.targetLayer, said());
      info = ModelInfo.of(deployed, parts.execution.resize().apply(deployed.preprocessing()));
    } else if (info == null) {
      open().close();
    }
    return info;
  }

  /**
   * Returns the layer whose activations a map weighs.
   *
   * @return the layer that was named, else the one that the execution chooses
   * @throws IOException if an ONNX file cannot be read
   */
  public String targetLayer() throws IOException {
    Optional<String> known = parts.source.targetLayer(parts.targetLayer, parts.execution.target());
    return known.isPresent() ? known.get() : info().targetLayer();
  }

  /**
   * Returns what is done to images: the preprocessing that was chosen, else the one that the
   * weights' file, or the one beside an ONNX file, names or is known for, else that of the
   * network's published weights; framed as the execution says.
   *
   * @return the preprocessing
   * @throws IOException if the weights cannot be read
   */
  public Preprocessing preprocessing() throws IOException {
    return info().preprocessing();
  }

  /**
   * Returns all that is done to images before the network sees them, for people and comparisons.
   *
   * @return the preprocessing, and layout and order of colours where they were said to be unusual
   * @throws IOException if the weights cannot be read
   */
  public String preparation() throws IOException {
    InputDescription input = input();
    return preprocessing()
        + input.layout().map(l -> ",layout=" + l.id()).orElse("")
        + input
            .channels()
            .filter(InputDescription.Channels.BGR::equals)
            .map(c -> ",bgr")
            .orElse("");
  }

  private Optional<Preprocessing> said() {
    return Optional.of(parts.preprocessing).filter(p -> !p.isEmpty()).map(Preprocessing::parse);
  }

  /**
   * Opens the weights and builds the network with as many classes as they have.
   *
   * @return the network, checked: every parameter is there and has the right shape
   * @throws IOException if the file cannot be read, or a tensor is missing or of another shape
   */
  public OpenModel open() throws IOException {
    Source.Content content = parts.source.open(parts.targetLayer, parts.execution.target(), said());
    OpenModel open =
        parts.random.applyTo(
            new OpenModel(
                content.network(),
                parts.execution.resize().apply(content.preprocessing()),
                content.targetLayer(),
                parts.execution,
                content.objective()));
    try {
      info = parts.engine == Engine.TORCH ? ModelInfo.of(open, content.notices()) : info;
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
    return open;
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
    return parts.id + " (" + network() + ", " + location() + ")";
  }
}
