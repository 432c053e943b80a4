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
 * Inserts an operation at quantization points. All consumers of a point's output take the
 * operation's output instead.
 *
 * @param scheme where the points are
 * @param suffix appended to the name of the node before, to name the new node
 * @param op returns the operation to insert at a point; empty to leave the point unchanged
 */
public record InsertAtPoints(
    ActivationScheme scheme, String suffix, Function<Point, Optional<Op>> op) implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    Map<String, Point> points = QuantizationPoints.of(graph, scheme);
    return graph.rewrite(
        node ->
            Optional.ofNullable(points.get(node.name()))
                .flatMap(op)
                .<Edit>map(inserted -> new Edit.Append(suffix, inserted))
                .orElse(Edit.KEEP));
  }
}
