package org.bitgaze.quant;

import java.util.Set;
import org.bitgaze.network.Edit;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Pass;
import org.bitgaze.network.Rewritten;
import org.bitgaze.network.op.Clamping;

/**
 * Drops each ReLU and ReLU6 that a static fake quantization right after it makes superfluous: with
 * zero point = qmin every negative value becomes 0 anyway, and a range that ends at or below 6
 * clamps what ReLU6 would. The values stay the same to the bit (but for the sign of a zero);
 * gradients do not, so this is for the part of a network that is never differentiated.
 *
 * @param keep nodes to leave alone
 */
public record AbsorbClamping(Set<String> keep) implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    return graph.rewrite(
        node -> {
          boolean covered =
              !keep.contains(node.name())
                  && node.op() instanceof Clamping clamping
                  && graph
                      .soleConsumer(node.name())
                      .filter(next -> next.op() instanceof FakeQuantize q && covers(q, clamping))
                      .isPresent();
          return covered ? Edit.REMOVE : Edit.KEEP;
        });
  }

  private static boolean covers(FakeQuantize q, Clamping clamping) {
    int steps = q.integers().qmax() - q.zeroPoint();
    return clamping.min() == 0
        && q.zeroPoint() == q.integers().qmin()
        // A value beyond the bound must round to qmax; it does if the bound itself does.
        && Math.rint((float) clamping.max() * (1f / q.scale())) >= steps;
  }
}
