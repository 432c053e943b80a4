package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bitgaze.explain.Engine;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.measure.ScaledMap;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.model.Weights;
import org.bitgaze.network.BatchNormStatistics;
import org.bitgaze.network.GlobalAttention;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.TargetView.Layout;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.ort.OrtTrial;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.Quantization;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.LayerChoice;

/**
 * A model that was opened and checked before the job.
 *
 * @param model the model
 * @param classes number of its classes
 * @param quantized whether its file has quantized activations
 * @param layer name of the target layer, or of several
 * @param view how the target layer's output is seen as an image, where that is known
 * @param isSigned whether its values may be negative
 * @param defaultMethod the map method if the user names none
 * @param warnings effects that the user may not expect
 */
record CheckedModel(
    Model model,
    int classes,
    boolean quantized,
    String layer,
    Optional<TargetView> view,
    boolean isSigned,
    MapMethod defaultMethod,
    List<String> warnings) {

  /**
   * Opens and checks a model.
   *
   * @param model the model, as the protocol runs it
   * @param protocol the protocol
   * @throws UsageException if a network of the zoo would see crops of another size than 224
   * @throws IOException if the model is damaged, or has values that are not finite
   */
  static CheckedModel of(Model model, Protocol protocol) throws IOException {
    List<Model> targets = model.byTarget();
    return targets.size() == 1 ? ofOneTarget(model, protocol) : of(model, targets, protocol);
  }

  /** Checks a model for each of its target layers. */
  private static CheckedModel of(Model model, List<Model> targets, Protocol protocol)
      throws IOException {
    List<CheckedModel> checked = new ArrayList<>();
    for (Model target : targets) {
      CheckedModel one = ofOneTarget(target, protocol);
      UsageException.require(
          checked.stream().noneMatch(other -> other.layer.equals(one.layer)),
          "%s: the target layer '%s' is named twice".formatted(model.id(), target.targetLayer()));
      checked.add(one);
    }
    CheckedModel first = checked.get(0);
    return new CheckedModel(
        model,
        first.classes,
        first.quantized,
        checked.stream().map(CheckedModel::layer).collect(Collectors.joining(", ")),
        Optional.empty(),
        checked.stream().anyMatch(CheckedModel::isSigned),
        first.defaultMethod,
        first.warnings);
  }

  private static CheckedModel ofOneTarget(Model model, Protocol protocol) throws IOException {
    if (model.engine() == Engine.ONNX_RUNTIME) {
      UsageException.checking(
          () -> {
            model.engine().require(protocol.cam());
            return true;
          });
      OrtTrial trial = OrtTrial.of(model, protocol.cam());
      return new CheckedModel(
          model,
          trial.classes(),
          false,
          model.info().targetLayer(),
          trial.size().map(s -> new TargetView(Layout.CHANNELS_FIRST, 0, s.height(), s.width())),
          false,
          MapMethod.GRADCAM_PLUS_PLUS,
          notices(model));
    }
    try (OpenModel opened = open(model)) {
      Framing framing = opened.preprocessing().framing();
      if (model.isOnnx()) {
        requireFinite(opened);
      } else {
        UsageException.require(
            framing.height() == ScaledMap.GRID && framing.width() == ScaledMap.GRID,
            "%s: the crop has %d pixels, but the zoo's networks need %d"
                .formatted(model.id(), framing.height(), ScaledMap.GRID));
      }
      String layer = opened.targetNode();
      TargetView view = opened.targetView();
      Graph graph = opened.network().graph();
      if (protocol.cam().need() == MapMethod.Need.ATTENTION) {
        Graph run = opened.execution().mode().rewrite(graph).graph();
        UsageException.checking(() -> GlobalAttention.of(run, view, opened.size()));
      }
      return new CheckedModel(
          model,
          opened.classes(),
          Quantization.isQuantized(graph),
          layer,
          Optional.of(view),
          !graph.isNonNegative(layer),
          opened.defaultMethod(),
          warnings(model, layer, opened, protocol));
    }
  }

  /** Opens a model; a file that cannot be read may run in ONNX Runtime. */
  private static OpenModel open(Model model) throws IOException {
    try {
      return model.open();
    } catch (OnnxException e) {
      try {
        DeployedFile.read(Path.of(model.location()), model.input());
      } catch (OnnxException damaged) {
        throw e;
      }
      throw new OnnxException(
          "%s; ONNX Runtime may run the file as it is: --engine %s=%s --cam %s"
              .formatted(
                  e.getMessage(), model.id(), Engine.ONNX_RUNTIME.id(), MapMethod.OCCLUSION.id()),
          e);
    }
  }

  /** Prints the warnings. */
  void warn() {
    warnings.forEach(warning -> System.err.println("warning: " + warning));
  }

  /**
   * Checks that this model can replace another one.
   *
   * @throws UsageException if the two see different parts of an image, or differ in their classes
   * @throws IOException if a model cannot be read
   */
  void requireReplaces(CheckedModel original) throws IOException {
    Preprocessing own = model.preprocessing();
    Preprocessing theirs = original.model.preprocessing();
    UsageException.require(
        own.framing().equals(theirs.framing()) && own.interpolation() == theirs.interpolation(),
        model + " sees " + own + ", but " + original.model + " sees " + theirs);
    Objective task = model.info().objective();
    Objective theirTask = original.model.info().objective();
    UsageException.require(
        task.id().equals(theirTask.id()),
        "%s is a network for %s, but %s is one for %s"
            .formatted(model, task.id(), original.model, theirTask.id()));
    UsageException.require(
        task.isClassification() || task.sameOutputs(theirTask),
        "%s has other outputs than %s: %s, but %s"
            .formatted(model, original.model, task.description(), theirTask.description()));
    UsageException.require(
        classes == original.classes,
        "%s has %d classes, but %s has %d"
            .formatted(model, classes, original.model, original.classes));
    if (grid().isPresent() && original.grid().isPresent() && !grid().equals(original.grid())) {
      warnings.add(
          "the target layers differ in size: %s of %s, %s of %s"
              .formatted(target(), model.id(), original.target(), original.model.id()));
    }
  }

  private Optional<Size> grid() {
    return view.map(v -> new Size(v.height(), v.width()));
  }

  /**
   * Checks that this model chooses one class per image.
   *
   * @param command what needs it, such as {@code bitgaze export}
   * @return this model
   * @throws UsageException if it has another task
   * @throws IOException if the model cannot be read
   */
  CheckedModel requireClassifier(String command) throws IOException {
    Objective task = model.info().objective();
    UsageException.require(
        task.isClassification(),
        "%s is a network for %s; %s takes classifiers only"
            .formatted(model.id(), task.id(), command));
    return this;
  }

  private String target() {
    return layer + grid().map(s -> " (" + s.height() + "x" + s.width() + ")").orElse("");
  }

  /** Reads all parameters of a file that nobody has checked yet; published weights are checked. */
  private static void requireFinite(OpenModel opened) throws IOException {
    for (String name : opened.network().graph().parameters().keySet()) {
      opened.network().weights().read(name);
    }
  }

  private static List<String> notices(Model model) throws IOException {
    List<String> all = new ArrayList<>();
    model.notices().forEach(notice -> all.add(model.id() + ": " + notice));
    return all;
  }

  private static List<String> warnings(
      Model model, String layer, OpenModel opened, Protocol protocol) throws IOException {
    List<String> all = notices(model);
    boolean bundled = model.location().equals(new Weights.Scenes().location());
    if (!model.isOnnx() && !bundled && opened.classes() != Architecture.IMAGENET_CLASSES) {
      all.add(
          "%s: the head has %d classes, not ImageNet's %d"
              .formatted(model.location(), opened.classes(), Architecture.IMAGENET_CLASSES));
    }
    boolean training = opened.execution().mode().statistics() != BatchNormStatistics.RUNNING;
    List<Node> norms =
        opened.network().graph().nodes().stream()
            .filter(n -> n.op() instanceof BatchNorm2d)
            .toList();
    if (training && !norms.isEmpty() && areIdentities(norms, opened.network().weights())) {
      all.add(
          "the batch norms of "
              + model.id()
              + " are folded into its convolutions; results of training mode are meaningless");
    } else if (training && norms.isEmpty() && model.isOnnx()) {
      all.add(
          model.id()
              + " has no batch norms, or its exporter folded them: training mode changes nothing");
    }
    if (model.isOnnx()
        && protocol.layer().isEmpty()
        && protocol.execution().target() == LayerChoice.PAPER) {
      all.add(
          "the paper names no target layer of %s; maps weigh '%s', as with --target-layer last"
              .formatted(model.id(), layer));
    }
    return all;
  }

  private static boolean areIdentities(List<Node> norms, TensorSource weights) throws IOException {
    for (Node norm : norms) {
      for (String parameter : List.of(".running_mean", ".bias")) {
        Tensor tensor = weights.read(norm.name() + parameter);
        for (float value : tensor.data()) {
          if (value != 0) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
