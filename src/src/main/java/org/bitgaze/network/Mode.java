package org.bitgaze.network;

import java.io.Serializable;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.KeyedDropout;
import org.bitgaze.weights.TensorSource;

/**
 * Training or evaluation mode of the layers that behave differently in the two. Applied as the
 * first pass of every program.
 *
 * @param statistics the mean and variance that batch norms use
 * @param dropout whether dropout and stochastic depth are active, see {@link KeyedDropout}
 */
public record Mode(BatchNormStatistics statistics, boolean dropout) implements Pass, Serializable {
  private static final long serialVersionUID = 1L;

  /** PyTorch's evaluation mode, as networks are deployed: running statistics, no dropout. */
  public static final Mode EVAL = new Mode(BatchNormStatistics.RUNNING, false);

  /** PyTorch's training mode, one image at a time. */
  public static final Mode TRAIN = new Mode(BatchNormStatistics.IMAGE, true);

  @Override
  public Rewritten rewrite(Graph graph) {
    Rewritten normed = statistics.pass().rewrite(graph);
    return dropout ? normed.then(activateDropout(normed.graph())) : normed;
  }

  private static Rewritten activateDropout(Graph graph) {
    return graph.rewrite(
        node ->
            node.op() instanceof Dropout layer && layer.p() > 0
                ? new Edit.ReplaceKeepingOutput(new KeyedDropout(layer))
                : Edit.KEEP);
  }

  @Override
  public TensorSource derive(Graph before, TensorSource weights) {
    return statistics.pass().derive(before, weights);
  }
}
