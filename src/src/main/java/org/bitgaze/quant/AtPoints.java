package org.bitgaze.quant;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bitgaze.network.Edit;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Pass;
import org.bitgaze.network.Rewritten;
import org.bitgaze.network.op.Op;
import org.bitgaze.quant.QuantizationPoints.Point;

/**
 * Puts an operation at every quantization point, for all who take the point's output.
 *
 * @param scheme which points there are
 * @param suffix what the new node's name adds to the name of the node it follows
 * @param op point to the operation to put there; nothing to leave it alone
 */
record AtPoints(ActivationScheme scheme, String suffix, Function<Point, Optional<Op>> op)
    implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    Map<String, Point> points = QuantizationPoints.of(graph, scheme);
    return graph.rewrite(
        node -> {
          Optional<Op> wanted = Optional.ofNullable(points.get(node.name())).flatMap(op);
          return wanted.isEmpty() ? Edit.KEEP : new Edit.Append(suffix, wanted.get());
        });
  }
}
