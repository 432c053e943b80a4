package org.bitgaze.model;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.TargetView;
import org.bitgaze.onnx.Scores;
import org.bitgaze.weights.Tensor;

/**
 * What is known of a model without opening it again: resolved once, when a graph is built, and sent
 * to the workers with the model.
 *
 * @param preprocessing what is done to images
 * @param targetLayer layer whose activations a map weighs; may be empty where another runtime runs
 *     a file
 * @param objective what the outputs mean
 * @param classes number of outputs; 0 if another runtime runs a file that does not say it
 * @param largestActivation elements of the network's largest activation, for one image; 1 where
 *     another runtime runs a file
 * @param views how tensors are seen as images, by name: the target layer of a file that another
 *     runtime runs, where that is known
 * @param noImage why the target layer of such a file is no image; empty if it may be one
 * @param scores what such a file's scores are
 * @param defaultMethod the map method if its user names none
 * @param notices what was converted or chosen when the files were read, one sentence each
 */
public record ModelInfo(
    Preprocessing preprocessing,
    String targetLayer,
    Objective objective,
    int classes,
    long largestActivation,
    Map<String, TargetView> views,
    String noImage,
    Scores scores,
    MapMethod defaultMethod,
    List<String> notices)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A file that another runtime runs; its activations are not known. */
  static ModelInfo of(Source.Deployed deployed, Preprocessing preprocessing) {
    return new ModelInfo(
        preprocessing,
        deployed.targetLayer(),
        deployed.objective(),
        deployed.classes(),
        1,
        deployed.targetView().map(v -> Map.of(deployed.targetLayer(), v)).orElse(Map.of()),
        deployed.noImage().orElse(""),
        deployed.scores(),
        MapMethod.GRADCAM_PLUS_PLUS,
        List.copyOf(deployed.notices()));
  }

  static ModelInfo of(OpenModel open, List<String> notices) {
    Graph graph = open.network().graph();
    Shapes shapes = Shapes.of(graph, open.size().height(), open.size().width());
    long largest = 1;
    for (Node node : graph.nodes()) {
      largest = Math.max(largest, Tensor.elements(shapes.get(node.name())));
    }
    return new ModelInfo(
        open.preprocessing(),
        open.targetLayer(),
        open.objective(),
        open.classes(),
        largest,
        Map.of(),
        "",
        Scores.LOGITS,
        open.defaultMethod(),
        List.copyOf(notices));
  }

  /**
   * {@return how the target layer of a file that another runtime runs is seen as an image; empty if
   * that is not known}
   */
  public Optional<TargetView> targetView() {
    return Optional.ofNullable(views.get(targetLayer));
  }
}
