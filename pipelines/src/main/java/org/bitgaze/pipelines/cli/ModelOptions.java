package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Resize;
import org.bitgaze.image.Squash;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.ScaledMap;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.model.Weights;
import org.bitgaze.network.BatchNormStatistics;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.FastGaze;
import org.bitgaze.zoo.LayerChoice;
import org.bitgaze.zoo.PublishedFile;
import org.bitgaze.zoo.SceneWeights;
import org.bitgaze.zoo.WeightsFolder;
import picocli.CommandLine.Option;

/** Options that every command has which runs a network. */
final class ModelOptions {
  private static final String SCENES = "scenes";
  private static final Pattern MODEL = Pattern.compile("(?:([^=@]+)=)?([^=@]+)(?:@(.+))?");

  @Option(
      names = "--weights",
      paramLabel = "DIR|FILE[#PART]|scenes",
      description =
          "folder with <network>.safetensors or <network>.pth; what is not there is looked for in the"
              + " cache, see 'bitgaze weights'; or one file, and which of several state dicts in it,"
              + " such as run.pth#ema; or 'scenes', the networks that are bundled, trained on"
              + " synthetic scenes")
  private String weights;

  @Option(
      names = "--preprocessing",
      paramLabel = "TEXT",
      description =
          "what is done to images, whatever the weights say, such as"
              + " resize=232,crop=224,interpolation=bicubic (default: what the weights' file says, else"
              + " what torchvision does for the published weights of that name or network)")
  private String preprocessing;

  /** Whether the networks that come along are meant. */
  boolean areScenes() {
    return SCENES.equals(weights);
  }

  /**
   * A model that was checked.
   *
   * @param model the model
   * @param classes size of its output
   * @param target what its maps weigh: name and sizes
   * @param warnings what it will do that may not be meant
   */
  record Checked(Model model, int classes, Target target, List<String> warnings) {}

  /**
   * What maps weigh.
   *
   * @param layer the node
   * @param size height and width of its output
   */
  record Target(String layer, Size size) {
    @Override
    public String toString() {
      return layer + " (" + size.height() + "x" + size.width() + ")";
    }
  }

  /**
   * Finds and checks models.
   *
   * @param names each {@code [ID=]NETWORK[@FILE]}
   * @param own networks of one's own
   * @param protocol how they are run
   * @throws UsageException if there are no weights, saying how to get them, or two have one name
   * @throws IOException if the weights are damaged or of another network
   */
  List<Checked> check(List<String> names, List<Model> own, Protocol protocol) throws IOException {
    List<Model> all = new ArrayList<>();
    for (String name : names) {
      all.add(model(name));
    }
    all.addAll(own);
    List<Checked> models = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Model model : all) {
      Checked checked = check(model, protocol);
      if (!ids.add(checked.model().id())) {
        throw new UsageException(
            "two models are called '"
                + checked.model().id()
                + "'; NAME="
                + checked.model().network()
                + " gives one another name");
      }
      models.add(checked);
    }
    return models;
  }

  /** Finds and checks one model. */
  Checked check(String text, Protocol protocol) throws IOException {
    return check(OnnxOptions.isFile(text) ? OnnxOptions.of(text) : model(text), protocol);
  }

  /** Checks one model. */
  Checked check(Model asked, Protocol protocol) throws IOException {
    Model model = protocol.applyTo(asked);
    if (preprocessing != null) {
      model = model.withPreprocessing(recipe(protocol.execution().resize()));
    }
    try (OpenModel opened = model.open()) {
      if (model.isOnnx()) {
        requireFinite(opened);
      }
      String layer = opened.targetNode();
      if (!model.isOnnx() && opened.preprocessing().framing().side() != ScaledMap.GRID) {
        throw new UsageException(
            model.id()
                + ": a crop of "
                + opened.preprocessing().framing().side()
                + " pixels; the zoo's networks see crops of "
                + ScaledMap.GRID);
      }
      int side = opened.preprocessing().framing().side();
      int[] shape = Shapes.of(opened.network().graph(), side, side).get(layer);
      return new Checked(
          model,
          opened.classes(),
          new Target(layer, new Size(shape[1], shape[2])),
          warnings(model, layer, opened, protocol));
    }
  }

  /** Reads what nobody has looked at yet; whoever publishes weights has. */
  private static void requireFinite(OpenModel opened) throws IOException {
    for (String name : opened.network().graph().parameters().keySet()) {
      opened.network().weights().read(name);
    }
  }

  /** What a model will do that may not be meant. */
  private static List<String> warnings(
      Model model, String layer, OpenModel opened, Protocol protocol) throws IOException {
    List<String> all = new ArrayList<>(opened.network().weights().notices());
    if (!model.isOnnx()
        && !SCENES.equals(model.location())
        && opened.classes() != Architecture.IMAGENET_CLASSES) {
      all.add(
          model.location()
              + ": the head has "
              + opened.classes()
              + " classes, not ImageNet's "
              + Architecture.IMAGENET_CLASSES);
    }
    model.notices().forEach(notice -> all.add(model.id() + ": " + notice));
    boolean anyNorm =
        opened.network().graph().nodes().stream().anyMatch(n -> n.op() instanceof BatchNorm2d);
    if (lacksStatistics(opened)) {
      all.add(
          "the batch norms of "
              + model.id()
              + " do nothing: they were folded into its convolutions, and what training"
              + " mode makes of such weights means nothing");
    } else if (model.isOnnx()
        && !anyNorm
        && opened.execution().mode().statistics() != BatchNormStatistics.RUNNING) {
      all.add(
          model.id()
              + " has no batch norms, or its exporter folded them away: training mode changes"
              + " nothing there");
    }
    if (model.isOnnx()
        && protocol.layer().isEmpty()
        && protocol.execution().target() == LayerChoice.PAPER) {
      all.add(
          "the paper's layers are those of its own networks; of "
              + model.id()
              + " maps weigh '"
              + layer
              + "', as with --target-layer last");
    }
    return all;
  }

  /**
   * Checks a network that is to stand in for another. What its file and the one beside it do not
   * say of images is the other's, and so is the target layer.
   *
   * @param asked the network, not opened
   * @param of what it is to stand in for
   * @param protocol how they are run
   * @throws UsageException if it sees another part of an image, or tells other classes
   * @throws IOException if it cannot be read
   */
  Checked candidate(Model asked, Checked of, Protocol protocol) throws IOException {
    Model model = of.model();
    int classes = of.classes();
    Preprocessing others = model.preprocessing();
    InputDescription inherited = model.input().with(others);
    Checked checked = check(asked.withInput(asked.input().or(inherited)), protocol);
    Preprocessing own = checked.model().preprocessing();
    if (!own.framing().equals(others.framing()) || own.interpolation() != others.interpolation()) {
      throw new UsageException(
          checked.model() + " sees " + own + ", but " + model + " sees " + others);
    }
    if (checked.classes() != classes) {
      throw new UsageException(
          checked.model()
              + " tells "
              + checked.classes()
              + " classes, but "
              + model
              + " tells "
              + classes);
    }
    if (!checked.target().size().equals(of.target().size())) {
      checked
          .warnings()
          .add(
              "the maps of "
                  + checked.model().id()
                  + " weigh "
                  + checked.target()
                  + ", those of "
                  + model.id()
                  + " "
                  + of.target()
                  + ": they differ in size, too");
    }
    return checked;
  }

  /** What was said of the preprocessing, which must not say again how images are resized. */
  private Preprocessing recipe(Resize resize) {
    Preprocessing said = Preprocessing.parse(preprocessing);
    boolean squashes = said.framing() instanceof Squash;
    if (resize == Resize.CROP && squashes) {
      throw new UsageException("--preprocessing resize=squash: say it as --resize squash");
    }
    if (resize == Resize.SQUASH
        && !squashes
        && preprocessing.matches(".*(resize|interpolation)=.*")) {
      throw new UsageException(
          "--preprocessing "
              + preprocessing
              + " says how images are resized, but they are squashed, bilinearly (--resize squash);"
              + " leave resize and interpolation out, or say --resize crop");
    }
    return said;
  }

  /** Whether an identity stands where a batch norm was, and is to be none. */
  private static boolean lacksStatistics(OpenModel opened) throws IOException {
    if (opened.execution().mode().statistics() == BatchNormStatistics.RUNNING) {
      return false;
    }
    boolean any = false;
    TensorSource weights = opened.network().weights();
    for (Node node : opened.network().graph().nodes()) {
      if (node.op() instanceof BatchNorm2d) {
        any = true;
        if (!isAll(0, weights.read(node.name() + ".running_mean"))
            || !isAll(0, weights.read(node.name() + ".bias"))) {
          return false;
        }
      }
    }
    return any;
  }

  private static boolean isAll(float value, Tensor tensor) {
    for (float v : tensor.data()) {
      if (v != value) {
        return false;
      }
    }
    return true;
  }

  private Model model(String text) throws IOException {
    Matcher parts = MODEL.matcher(text);
    if (!parts.matches()) {
      throw new UsageException("'" + text + "' is not [ID=]NETWORK[@FILE]");
    }
    Model model = Model.zoo(parts.group(2));
    if (parts.group(1) != null) {
      model = model.named(parts.group(1));
    }
    if (parts.group(3) != null) {
      Weights.File file = Weights.File.of(parts.group(3));
      if (!Files.isRegularFile(Path.of(file.path()))) {
        throw new UsageException("there is no file " + file.path() + " with weights of " + text);
      }
      return model.withWeights(file);
    }
    if (areScenes()) {
      return model.withWeights(new Weights.Scenes());
    }
    if (isFile()) {
      return model.withWeights(Weights.File.of(weights));
    }
    if (weights != null && !Files.isDirectory(Path.of(weights))) {
      throw new UsageException("--weights " + weights + " is no folder");
    }
    return model.withWeights(find(model.network()));
  }

  /** Whether one file of weights is named. */
  private boolean isFile() {
    return weights != null
        && !areScenes()
        && Files.isRegularFile(Path.of(Weights.File.of(weights).path()));
  }

  /** What was said of the weights; null if nothing was. */
  String weights() {
    return weights;
  }

  /** What was said of the preprocessing; null if nothing was. */
  String preprocessing() {
    return preprocessing;
  }

  /** Whether weights of a network of the zoo are found. */
  boolean has(String network) {
    return areScenes() ? SceneWeights.networks().contains(network) : search(network).isPresent();
  }

  /**
   * The saliency that maps are compared with where none is named: the best there is, and the
   * control.
   */
  List<String> usualSaliency() {
    boolean learned = searchPublished(FastGaze.PUBLISHED).isPresent();
    Reference method = learned ? Reference.FASTGAZE : Reference.SPECTRAL_RESIDUAL;
    return List.of(method.id(), Reference.CENTRE.id());
  }

  private Optional<Path> search(String network) {
    return first().find(network).or(() -> WeightsFolder.cache().find(network));
  }

  private Optional<Path> searchPublished(PublishedFile file) {
    return first().file(file.fileName()).or(() -> WeightsFolder.cache().file(file.fileName()));
  }

  private Path find(String network) {
    return search(network)
        .orElseThrow(() -> none(network, "torchvision's", network + ".safetensors or .pth"));
  }

  /**
   * Finds a published file that is no network of the zoo, by its name.
   *
   * @throws UsageException if it is not there, saying how to get it
   */
  Path findPublished(PublishedFile file) {
    return searchPublished(file).orElseThrow(() -> none(file.id(), "them", file.fileName()));
  }

  /** Where weights are looked for first; the cache is the second place. */
  private WeightsFolder first() {
    return weights == null || areScenes() || isFile()
        ? WeightsFolder.cache()
        : new WeightsFolder(Path.of(weights));
  }

  private UsageException none(String network, String whose, String fileNames) {
    return new UsageException(
        "no weights for "
            + network
            + (weights == null || areScenes() ? "" : " in " + weights)
            + "; 'bitgaze weights pull "
            + network
            + "' downloads "
            + whose
            + ", or --weights DIR names a folder with "
            + fileNames);
  }
}
