package org.bitgaze.quant;

import java.util.Set;
import org.bitgaze.network.Edit;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Pass;
import org.bitgaze.network.Rewritten;
import org.bitgaze.network.op.Clamping;

/**
 * Removes each ReLU and ReLU6 that a static fake quantization behind it makes redundant: with zero
 * point = qmin every negative value becomes 0 anyway, and a range that ends at or below 6 clamps
 * what ReLU6 would. Values stay bitwise equal except for the sign of zeros. Gradients change, so
 * only nodes that are never differentiated may be removed.
 *
 * @param keep nodes that are not removed
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
        // If the bound itself rounds to qmax, so does every value beyond it.
        && Math.rint((float) clamping.max() * (1f / q.scale())) >= steps;
  }
}
