package org.bitgaze.quant.sweep;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.network.Edit;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Pass;
import org.bitgaze.network.op.Clamp;
import org.bitgaze.network.op.Op;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;

/**
 * The pairs of QuantizeLinear and DequantizeLinear that a file has between its layers, as what a
 * sweep removes or keeps. Weights stay as the file has them, and so does a pair behind the logits:
 * the class's gradient passes it.
 */
public final class FilePairs {
  private FilePairs() {}

  /**
   * Tells whether a sweep is over a file's own pairs.
   *
   * @param graph a network
   * @return whether it has any; other networks are quantized by the sweep
   */
  public static boolean areIn(Graph graph) {
    return !names(graph).isEmpty();
  }

  /**
   * Lists the pairs.
   *
   * @param graph a network with pairs
   * @return one layer without weights for each, with the name of the tensor that it makes, in graph
   *     order
   */
  public static List<QuantizableLayer> of(Graph graph) {
    return names(graph).stream().map(name -> new QuantizableLayer(name, true, 0, 0)).toList();
  }

  /**
   * Names the precision of the pairs.
   *
   * @param graph a network with pairs
   * @return with as many bits as the finest of them
   */
  public static Precision precision(Graph graph) {
    int levels =
        graph.nodes().stream()
            .filter(FilePairs::isPair)
            .map(node -> ((FakeQuantize) node.op()).integers())
            .mapToInt(integers -> integers.qmax() - integers.qmin())
            .max()
            .orElseThrow();
    return Precision.of("int" + (Integer.SIZE - Integer.numberOfLeadingZeros(levels)));
  }

  static List<String> names(Graph graph) {
    return graph.nodes().stream().filter(FilePairs::isPair).map(Node::name).toList();
  }

  /**
   * Makes pairs selectable.
   *
   * @param numbers pair to the program's variable: 0 removes it, 1 keeps it
   */
  static Pass selectable(Map<String, String> numbers) {
    return graph ->
        graph.rewrite(
            node ->
                isPair(node)
                    ? new Edit.ReplaceKeepingOutput(
                        new SelectableActivation(
                            numbers.get(node.name()),
                            activation((FakeQuantize) node.op()),
                            List.of(node.op())))
                    : Edit.KEEP);
  }

  /**
   * The activation function that a pair stands for. A quantizer leaves out a ReLU or a clip before
   * a pair whose range begins or ends at 0 (ONNX Runtime's does): the pair itself clamps. Without
   * the pair its range stays, so that the network keeps its nonlinearities.
   */
  private static Optional<Op> activation(FakeQuantize pair) {
    int below = pair.integers().qmin() - pair.zeroPoint();
    int above = pair.integers().qmax() - pair.zeroPoint();
    return below == 0 || above == 0
        ? Optional.of(new Clamp(below * (double) pair.scale(), above * (double) pair.scale()))
        : Optional.empty();
  }

  private static boolean isPair(Node node) {
    return node.op() instanceof FakeQuantize;
  }
}
