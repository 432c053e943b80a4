package org.bitgaze.quant;

import java.util.Map;
import java.util.function.Function;
import org.bitgaze.graph.Edit;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Pass;
import org.bitgaze.graph.Rewritten;
import org.bitgaze.op.Op;

/**
 * Puts an operation at every quantization point, for all who take the point's output.
 *
 * @param suffix what the new node's name adds to the name of the node it follows
 * @param op point to the operation to put there
 */
record AtPoints(String suffix, Function<String, Op> op) implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    Map<String, String> points = QuantizationPoints.of(graph);
    return graph.rewrite(
        node -> {
          String point = points.get(node.name());
          return point == null ? Edit.KEEP : new Edit.Append(suffix, op.apply(point));
        });
  }

  /** Shows the ranges of a network whose batch norms are folded. */
  static Pass observers() {
    return new AtPoints(".observer", Observe::new);
  }
}
