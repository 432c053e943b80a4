package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.measure.ScaledMap;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.model.Weights;
import org.bitgaze.network.BatchNormStatistics;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Size;
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
 * @param layer name of the target layer
 * @param size height and width of the maps
 * @param warnings effects that the user may not expect
 */
record CheckedModel(
    Model model, int classes, boolean quantized, String layer, Size size, List<String> warnings) {

  /**
   * Opens and checks a model.
   *
   * @param model the model, as the protocol runs it
   * @param protocol the protocol
   * @throws UsageException if a network of the zoo would see crops of another size than 224
   * @throws IOException if the model is damaged, or has values that are not finite
   */
  static CheckedModel of(Model model, Protocol protocol) throws IOException {
    try (OpenModel opened = model.open()) {
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
      int[] shape =
          Shapes.of(opened.network().graph(), framing.height(), framing.width()).get(layer);
      return new CheckedModel(
          model,
          opened.classes(),
          Quantization.isQuantized(opened.network().graph()),
          layer,
          new Size(shape[1], shape[2]),
          warnings(model, layer, opened, protocol));
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
    if (!size.equals(original.size)) {
      warnings.add(
          "the target layers differ in size: %s of %s, %s of %s"
              .formatted(target(), model.id(), original.target(), original.model.id()));
    }
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
    return layer + " (" + size.height() + "x" + size.width() + ")";
  }

  /** Reads all parameters of a file that nobody has checked yet; published weights are checked. */
  private static void requireFinite(OpenModel opened) throws IOException {
    for (String name : opened.network().graph().parameters().keySet()) {
      opened.network().weights().read(name);
    }
  }

  private static List<String> warnings(
      Model model, String layer, OpenModel opened, Protocol protocol) throws IOException {
    List<String> all = new ArrayList<>();
    model.notices().forEach(notice -> all.add(model.id() + ": " + notice));
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
