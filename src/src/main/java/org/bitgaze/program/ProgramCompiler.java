package org.bitgaze.program;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitgaze.cam.CamMethod;
import org.bitgaze.graph.FoldBatchNorm;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.graph.Node;
import org.bitgaze.graph.TargetLayer;
import org.bitgaze.quant.FakeQuantizePass;
import org.bitgaze.quant.ObservePass;
import org.bitgaze.quant.Quantization;
import org.bitgaze.weights.Tensor;

/**
 * Compiles networks to TorchScript archives. Images go in as uint8 RGB (N, height, width, 3) and
 * are scaled to [0, 1] and normalized by ImageNet's mean and standard deviation inside the program.
 */
public final class ProgramCompiler {
  private ProgramCompiler() {}

  /**
   * Compiles the program that explains images. Its forward takes {@code images} (uint8, N x height
   * x width x 3) and {@code target} (int64, N: the class to explain, or -1 for the network's own
   * top-1) and returns the maps (float32, N x h x w, not negative, not scaled), the logits
   * (float32, N x classes) and the explained classes (int64, N).
   *
   * @param network a network as its builder and weights file give it
   * @param quantization what to do with weights and activations
   * @param targetLayer layer whose activations are weighed, see {@link TargetLayer}
   * @param method how they are weighed
   * @param file where to write the archive
   * @throws IOException if a weight cannot be read or the file not written
   * @throws IllegalArgumentException if the layer is unfit or a range is missing
   */
  public static void compileCam(
      Network network, Quantization quantization, String targetLayer, CamMethod method, Path file)
      throws IOException {
    String target = targetAfterFolding(network.graph(), targetLayer);
    Network compiled = quantization.apply(FoldBatchNorm.apply(network));
    Graph graph = compiled.graph();
    String quantized = target + FakeQuantizePass.SUFFIX;
    if (graph.nodes().stream().anyMatch(n -> n.name().equals(quantized))) {
      target = quantized;
    }
    Set<String> backbone = graph.ancestors(target);
    Set<String> head = names(graph);
    head.removeAll(backbone);
    graph = FakeQuantizePass.absorbActivations(graph, head);

    Statements s = Statements.evaluating(graph);
    preprocess(s, graph);
    s.raw("torch.set_grad_enabled(False)");
    s.write(backbone, true);
    s.raw("torch.set_grad_enabled(True)");
    s.raw("a = torch.requires_grad_(torch.detach(" + s.variable(target) + "), True)");
    s.bind(target, "a");
    s.write(head, false);
    String logits = s.variable(graph.output().name());
    s.raw("top = torch.argmax(" + logits + ", 1, False)");
    s.raw("explained = torch.where(torch.lt(target, 0), top, target)");
    s.raw("scores = torch.gather(" + logits + ", 1, torch.unsqueeze(explained, 1))");
    s.raw("gradients = torch.grad([torch.sum(scores)], [a], None, None, False, False)");
    s.raw("g = unchecked_cast(Tensor, gradients[0])");
    s.raw("torch.set_grad_enabled(False)");
    method.statements().lines().forEach(s::raw);
    s.raw("cam = torch.relu(torch.sum(weighted, [1], False))");
    s.raw("return (torch.contiguous(cam), torch.detach(" + logits + "), explained)");
    TorchScriptArchive.write(
        file,
        graph.name(),
        s.attributes(),
        compiled.weights(),
        "images: Tensor,\n    target: Tensor) -> Tuple[Tensor, Tensor, Tensor]",
        s.lines());
  }

  /**
   * Compiles the program that observes the ranges of activations in the unquantized network. Its
   * forward takes {@code images} as {@link #compileCam}'s does and returns the minima and maxima
   * (float32, N x points x 2).
   *
   * @param network a network as its builder and weights file give it
   * @param file where to write the archive
   * @return the names of the quantization points, in the order of the result
   * @throws IOException if a weight cannot be read or the file not written
   */
  public static List<String> compileObserver(Network network, Path file) throws IOException {
    Network observed = ObservePass.apply(FoldBatchNorm.apply(network));
    Graph graph = observed.graph();
    Statements s = Statements.evaluating(graph);
    preprocess(s, graph);
    s.raw("torch.set_grad_enabled(False)");
    s.write(names(graph), true);
    List<String> minima = new ArrayList<>();
    List<String> maxima = new ArrayList<>();
    for (int i = 0; i < s.observed().size(); i++) {
      minima.add("min_" + i);
      maxima.add("max_" + i);
    }
    s.raw("lows = torch.stack([" + String.join(", ", minima) + "], 1)");
    s.raw("highs = torch.stack([" + String.join(", ", maxima) + "], 1)");
    s.raw("return torch.stack([lows, highs], 2)");
    TorchScriptArchive.write(
        file,
        graph.name(),
        s.attributes(),
        observed.weights(),
        "images: Tensor) -> Tensor",
        s.lines());
    return s.observed();
  }

  /**
   * Compiles the program that trains a network. Its forward takes {@code images} as {@link
   * #compileCam}'s does, {@code labels} (int64, N), and the parameters and the running statistics,
   * each as one vector laid out by {@link ParameterLayout}; it moves the statistics towards the
   * batch's (momentum 0.1) and returns the mean cross-entropy with smoothed labels, the logits
   * (float32, N x classes) and the gradient of the loss with respect to the parameters. Dropouts
   * drop nothing: libtorch's generator is shared by all threads, and could not be seeded.
   *
   * @param graph a network as its builder gives it
   * @param labelSmoothing share of the label that is spread over all classes, in [0, 1)
   * @param file where to write the archive
   * @throws IOException if the file cannot be written
   */
  public static void compileTraining(Graph graph, double labelSmoothing, Path file)
      throws IOException {
    Statements s = Statements.training(graph);
    preprocess(s, graph);
    s.raw("torch.set_grad_enabled(True)");
    s.raw("p = torch.requires_grad_(torch.detach(parameters), True)");
    split(s, ParameterLayout.trained(graph), "p");
    split(s, ParameterLayout.statistics(graph), "statistics");
    s.write(names(graph), false);
    String logits = s.variable(graph.output().name());
    s.raw(
        "loss = torch.cross_entropy_loss("
            + logits
            + ", labels, None, 1, -100, "
            + labelSmoothing
            + ")");
    s.raw("gradients = torch.grad([loss], [p], None, None, False, False)");
    s.raw("gradient = unchecked_cast(Tensor, gradients[0])");
    s.raw("torch.set_grad_enabled(False)");
    s.raw("return (torch.detach(loss), torch.detach(" + logits + "), gradient)");
    TorchScriptArchive.write(
        file,
        graph.name(),
        "images: Tensor,\n    labels: Tensor,\n    parameters: Tensor,\n    statistics: Tensor)"
            + " -> Tuple[Tensor, Tensor, Tensor]",
        s.lines());
  }

  /** Binds the parts of a vector; a split has one backward step for all parts, views have many. */
  private static void split(Statements s, ParameterLayout layout, String vector) {
    if (layout.size() == 0) {
      return;
    }
    String parts = vector + "_parts";
    List<Integer> sizes = new ArrayList<>();
    layout.shapes().values().forEach(shape -> sizes.add((int) Tensor.elements(shape)));
    s.raw(parts + " = torch.split_with_sizes(" + vector + ", " + sizes + ", 0)");
    int i = 0;
    for (Map.Entry<String, int[]> part : layout.shapes().entrySet()) {
      String view =
          "torch.view(" + parts + "[" + i++ + "], " + Arrays.toString(part.getValue()) + ")";
      s.raw(Statements.variableOf(part.getKey()) + " = " + view);
    }
  }

  /** The layer's node after batch norms are folded, which leaves only the convolution's name. */
  private static String targetAfterFolding(Graph graph, String layer) {
    String target = TargetLayer.resolve(graph, layer);
    for (Node node : graph.nodes()) {
      Node norm = FoldBatchNorm.foldable(graph, node);
      if (norm != null && norm.name().equals(target)) {
        return node.name();
      }
    }
    return target;
  }

  private static void preprocess(Statements s, Graph graph) {
    s.raw("nchw = torch.permute(images, [0, 3, 1, 2])");
    s.raw("pixels = torch.div_(torch.to(nchw, 6, False, False, None), 255.)");
    s.raw("mean = torch.view(torch.tensor([0.485, 0.456, 0.406], dtype=6), [1, 3, 1, 1])");
    s.raw("std = torch.view(torch.tensor([0.229, 0.224, 0.225], dtype=6), [1, 3, 1, 1])");
    s.raw("normalized = torch.div_(torch.sub_(pixels, mean), std)");
    s.bind(graph.nodes().get(0).name(), "normalized");
  }

  private static Set<String> names(Graph graph) {
    Set<String> names = new LinkedHashSet<>();
    graph.nodes().forEach(node -> names.add(node.name()));
    return names;
  }
}
