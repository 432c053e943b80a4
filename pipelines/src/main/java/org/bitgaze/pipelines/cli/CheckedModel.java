package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.explain.MapMethod;
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
 * @param view how the target layer's output is seen as an image
 * @param isSigned whether its values may be negative
 * @param defaultMethod the map method if the user names none
 * @param warnings effects that the user may not expect
 */
record CheckedModel(
    Model model,
    int classes,
    boolean quantized,
    String layer,
    TargetView view,
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
    try (OpenModel opened = model.open()) {
      int side = opened.preprocessing().framing().side();
      if (model.isOnnx()) {
        requireFinite(opened);
      } else {
        UsageException.require(
            side == ScaledMap.GRID,
            "%s: the crop has %d pixels, but the zoo's networks need %d"
                .formatted(model.id(), side, ScaledMap.GRID));
      }
      String layer = opened.targetNode();
      TargetView view = opened.targetView();
      Graph graph = opened.network().graph();
      if (protocol.cam().need() == MapMethod.Need.ATTENTION) {
        Graph run = opened.execution().mode().rewrite(graph).graph();
        UsageException.checking(() -> GlobalAttention.of(run, view, Size.of(side)));
      }
      return new CheckedModel(
          model,
          opened.classes(),
          Quantization.isQuantized(graph),
          layer,
          view,
          !graph.isNonNegative(layer),
          opened.defaultMethod(),
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
    UsageException.require(
        classes == original.classes,
        "%s has %d classes, but %s has %d"
            .formatted(model, classes, original.model, original.classes));
    if (view.height() != original.view.height() || view.width() != original.view.width()) {
      warnings.add(
          "the target layers differ in size: %s of %s, %s of %s"
              .formatted(target(), model.id(), original.target(), original.model.id()));
    }
  }

  private String target() {
    return layer + " (" + view.height() + "x" + view.width() + ")";
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
