package org.bitgaze.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.OutputWalk;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Softmax;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.quant.FakeQuantize;

/**
 * Finds scores that share one quantization with much larger numbers, such as boxes in pixels: the
 * known cause of 8-bit detectors that find nothing.
 */
final class CoarseScores {
  /** With steps of this size, a score has 16 values. */
  private static final double COARSE = 1.0 / 16;

  /** From this step on, a score of 1 is rounded to 0. */
  private static final double NOTHING = 2;

  private CoarseScores() {}

  /** Describes each quantization of scores whose steps are too large, one sentence each. */
  static List<String> of(Graph graph, OutputWalk walk, String output) {
    List<String> found = new ArrayList<>();
    for (String name : walk.passed()) {
      Node node = graph.node(name);
      if (node.op() instanceof FakeQuantize q
          && q.scale() > COARSE
          && isBehindScores(graph, node)) {
        found.add(
            "%s is quantized with scale %s: all scores are %s; leave out of quantization what follows the last convolutions"
                .formatted(
                    Quoted.of(output),
                    number(q.scale()),
                    q.scale() >= NOTHING ? "0" : "multiples of " + number(q.scale())));
      }
    }
    return found;
  }

  private static boolean isBehindScores(Graph graph, Node node) {
    Set<String> before = graph.ancestors(node.name());
    List<String> reached = new ArrayList<>(List.of(node.name()));
    for (int i = 0; i < reached.size(); i++) {
      Node at = graph.node(reached.get(i));
      if (at.op() instanceof Sigmoid || at.op() instanceof Softmax) {
        return true;
      }
      if (OutputWalk.moves(at.op())) {
        at.inputs().stream()
            .filter(input -> before.contains(input) && !reached.contains(input))
            .forEach(reached::add);
      }
    }
    return false;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
