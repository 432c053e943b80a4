package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.annotation.Nullable;
import org.bitgaze.explain.task.TaskDescription;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Resize;
import org.bitgaze.image.Squash;
import org.bitgaze.measure.Reference;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.onnx.ClippedLogits;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.Precision;
import org.bitgaze.transforms.io.LocalFiles;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.FastGaze;
import org.bitgaze.zoo.PublishedFile;
import org.bitgaze.zoo.SceneWeights;
import org.bitgaze.zoo.WeightsFolder;
import picocli.CommandLine.Option;

/** The options of commands that run networks: where weights are, and how images are prepared. */
final class NetworkOptions {
  private static final String SCENES = "scenes";

  @Nullable
  @Option(
      names = "--weights",
      paramLabel = "DIR|FILE[#PART]|scenes",
      description =
          "folder with NETWORK.safetensors or NETWORK.pth (default: the cache, see 'bitgaze"
              + " networks'); or one file, and which of several state dicts in it, such as"
              + " run.pth#ema; or 'scenes': bundled networks, trained on synthetic scenes")
  private String weights;

  @Nullable
  @Option(
      names = "--preprocessing",
      paramLabel = "TEXT",
      description =
          "replaces the preprocessing of all networks, for example"
              + " resize=232,crop=224,interpolation=bicubic (default: that of the weights' file, else"
              + " torchvision's for the published weights)")
  private String preprocessing;

  @Nullable
  @Option(
      names = "--outputs",
      paramLabel = "NAME,...",
      description =
          "the output with the scores of the classes, of ONNX files with several outputs; or a"
              + " detector's boxes and scores")
  private String output;

  /** Chooses what runs a model; the commands that audit have options for it. */
  private UnaryOperator<Model> engine = UnaryOperator.identity();

  @Nullable
  @Option(
      names = "--task",
      paramLabel = "TASK[,OPTION=VALUE]...",
      description =
          "what the outputs of ONNX files mean: classification, binary, multilabel, segmentation"
              + " (layout=nchw or nhwc), detection (layout=v8, v5 or boxes; boxes=fractions or"
              + " pixels; background=true or false) (default: found from the outputs)")
  private String task;

  @Nullable
  @Option(
      names = "--clipped-logits",
      paramLabel = "HOW",
      completionCandidates = OptionValues.Gradients.class,
      description =
          "gradient where a quantized ONNX file clips its own output: ${bundle:choices.clipped}"
              + " (default: pass)")
  private ClippedLogits clipped;

  /** {@return options that take the bundled networks} */
  static NetworkOptions scenes() {
    NetworkOptions options = new NetworkOptions();
    options.weights = SCENES;
    return options;
  }

  /** {@return whether the bundled networks are taken} */
  boolean areScenes() {
    return SCENES.equals(weights);
  }

  /** Sets what chooses the engine of a model. */
  void setEngine(UnaryOperator<Model> choice) {
    engine = choice;
  }

  /** {@return the given folder of weights} */
  Optional<String> weights() {
    return Optional.ofNullable(weights);
  }

  /**
   * Finds and checks networks.
   *
   * @param texts the networks
   * @param candidates whether ONNX files are also given elsewhere
   * @param protocol how the networks are run
   * @return the models, in the same order
   * @throws UsageException if there is no network, weights are missing, or two ids are equal
   * @throws IOException if weights are damaged or belong to another network
   */
  List<CheckedModel> check(List<NetworkText> texts, boolean candidates, Protocol protocol)
      throws IOException {
    UsageException.require(!texts.isEmpty(), "--networks: at least one network must be given");
    boolean files = candidates || texts.stream().anyMatch(NetworkText::isOnnx);
    UsageException.require(
        clipped == null || files, "--clipped-logits is for ONNX files, but none is given");
    UsageException.require(
        output == null || files, "--outputs is for ONNX files, but none is given");
    UsageException.require(task == null || files, "--task is for ONNX files, but none is given");
    List<CheckedModel> models = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (NetworkText text : texts) {
      CheckedModel checked = check(model(text), protocol);
      String id = checked.model().id();
      UsageException.require(
          ids.add(id), "two networks have the id '" + id + "'; ID=" + text.name() + " renames one");
      checked.warn();
      models.add(checked);
    }
    return models;
  }

  /**
   * Finds and checks one network.
   *
   * @throws UsageException if its weights are missing
   * @throws IOException if they are damaged or belong to another network
   */
  CheckedModel check(NetworkText text, Protocol protocol) throws IOException {
    return check(List.of(text), false, protocol).get(0);
  }

  /**
   * Finds and checks a replacement model. It inherits what its file does not describe: the input
   * and the target layer.
   *
   * @param text the replacement
   * @param original the model that it replaces
   * @param protocol how both are run
   * @throws UsageException if the two see different parts of an image, or differ in their classes
   * @throws IOException if the file cannot be read
   */
  CheckedModel candidate(NetworkText text, CheckedModel original, Protocol protocol)
      throws IOException {
    Model model = model(text);
    Preprocessing theirs = original.model().preprocessing();
    CheckedModel checked =
        check(model.withInput(model.input().or(original.model().input().with(theirs))), protocol);
    checked.requireReplaces(original);
    checked.warn();
    return checked;
  }

  private CheckedModel check(Model model, Protocol protocol) throws IOException {
    Model run = engine.apply(protocol.applyTo(model));
    return CheckedModel.of(
        preprocessing == null ? run : run.withPreprocessing(recipe(protocol.execution().resize())),
        protocol);
  }

  /**
   * Refuses to quantize a file that is already quantized.
   *
   * @throws UsageException if a model has quantized activations and a precision is an integer
   */
  static void refuseQuantizedTwice(List<CheckedModel> models, List<String> precisions) {
    if (precisions.stream().allMatch(Precision::isFloat)) {
      return;
    }
    for (CheckedModel checked : models) {
      UsageException.require(
          !EngineOptions.isDeployed(checked.model()),
          checked.model()
              + " runs in ONNX Runtime as it is, at no other precision; use --precisions f32, and"
              + " give quantized files as --candidate");
      UsageException.require(
          !checked.quantized(),
          checked.model()
              + " is already quantized; compare it with the float network as --candidate, or use"
              + " --precisions f32");
    }
  }

  /** The given preprocessing, which must not contradict how the protocol resizes images. */
  private Preprocessing recipe(Resize resize) {
    Preprocessing parsed = Preprocessing.parse(preprocessing);
    boolean squashes = parsed.framing() instanceof Squash;
    UsageException.require(
        resize != Resize.CROP || !squashes,
        "--preprocessing resize=squash: use --resize squash instead");
    UsageException.require(
        resize != Resize.SQUASH
            || squashes
            || !preprocessing.matches(".*(resize|interpolation)=.*"),
        "--preprocessing "
            + preprocessing
            + " says how images are resized, but --resize squash resizes them bilinearly; remove"
            + " resize and interpolation, or use --resize crop");
    return parsed;
  }

  private Model model(NetworkText text) throws IOException {
    if (text.isOnnx()) {
      Model onnx = text.onnx();
      Model model = output == null ? onnx : onnx.withInput(onnx.input().withOutput(output));
      if (task != null) {
        TaskDescription said = UsageException.checking(() -> TaskDescription.parse(task));
        model = model.withInput(model.input().with(said));
      }
      return clipped == null ? model : model.withClippedLogits(clipped);
    }
    Model zoo = Model.zoo(text.name());
    Model model = text.id().map(zoo::named).orElse(zoo);
    if (text.weights().isPresent()) {
      return model.withWeights(file(text.weights().get()));
    }
    if (isFile()) {
      return model.withWeights(Weights.File.of(weights));
    }
    if (areScenes()) {
      return model.withWeights(new Weights.Scenes());
    }
    UsageException.require(
        weights == null || LocalFiles.isRemote(weights) || Files.isDirectory(Path.of(weights)),
        "--weights " + weights + " is not a folder");
    return model.withWeights(
        find(model.network())
            .orElseThrow(() -> missing(text.name(), text.name() + ".safetensors or .pth")));
  }

  /** A file of weights, perhaps with the part that holds the state dict. */
  private static Weights.File file(String text) throws IOException {
    if (!LocalFiles.isRemote(text)) {
      Weights.File file = Weights.File.of(text);
      LocalFiles.get(file.path());
      return file;
    }
    int separator = text.lastIndexOf('#');
    String path = separator < 0 ? text : text.substring(0, separator);
    return new Weights.File(
        LocalFiles.get(path).toString(), separator < 0 ? "" : text.substring(separator + 1));
  }

  /** Whether one file of weights is given. */
  private boolean isFile() {
    return weights != null
        && !areScenes()
        && Files.isRegularFile(Path.of(Weights.File.of(weights).path()));
  }

  /** {@return the networks of the zoo whose weights exist} */
  List<NetworkText> available() throws IOException {
    List<NetworkText> available = new ArrayList<>();
    for (String id : Arrays.stream(Architecture.values()).map(Architecture::id).toList()) {
      if (areScenes() ? SceneWeights.networks().contains(id) : find(id).isPresent()) {
        available.add(NetworkText.parse(id));
      }
    }
    return available;
  }

  /** {@return the default saliency methods: the best one whose weights exist, and the control} */
  List<String> defaultSaliency() throws IOException {
    boolean learned = find(FastGaze.PUBLISHED).isPresent();
    Reference method = learned ? Reference.FASTGAZE : Reference.SPECTRAL_RESIDUAL;
    return List.of(method.id(), Reference.CENTRE.id());
  }

  /**
   * Finds the published file of a network that is not in the zoo.
   *
   * @throws UsageException if it does not exist; the message says how to get it
   * @throws IOException if the folder cannot be read
   */
  Path published(PublishedFile file) throws IOException {
    return find(file).orElseThrow(() -> missing(file.id(), file.fileName()));
  }

  private Optional<Path> find(String network) throws IOException {
    if (weights != null && LocalFiles.isRemote(weights)) {
      Optional<Path> remote = LocalFiles.firstOf(weights, WeightsFolder.fileNames(network));
      return remote.isPresent() ? remote : WeightsFolder.cache().find(network);
    }
    return folder().find(network).or(() -> WeightsFolder.cache().find(network));
  }

  private Optional<Path> find(PublishedFile file) throws IOException {
    if (weights != null && LocalFiles.isRemote(weights)) {
      Optional<Path> remote = LocalFiles.firstOf(weights, List.of(file.fileName()));
      return remote.isPresent() ? remote : WeightsFolder.cache().file(file.fileName());
    }
    return folder().file(file.fileName()).or(() -> WeightsFolder.cache().file(file.fileName()));
  }

  private WeightsFolder folder() {
    return weights == null || areScenes() || isFile()
        ? WeightsFolder.cache()
        : new WeightsFolder(Path.of(weights));
  }

  private UsageException missing(String network, String fileNames) {
    boolean published = PublishedFile.all().stream().anyMatch(f -> f.id().equals(network));
    return new UsageException(
        "no weights for "
            + network
            + (weights == null || areScenes() ? "" : " in " + weights)
            + (published
                ? "; 'bitgaze networks pull " + network + "' downloads them, or "
                : "; --weights scenes has them, or ")
            + "--weights DIR names a folder with "
            + fileNames);
  }
}
