package org.bitgaze.network;

import java.io.Serializable;
import org.bitgaze.weights.TensorSource;

/**
 * What a network's layers do that do one thing in training and another in deployment. The first
 * pass of every program.
 *
 * @param statistics which mean and variance batch norms use
 * @param dropout whether dropout and stochastic depth drop
 */
public record Mode(BatchNormStatistics statistics, boolean dropout) implements Pass, Serializable {
  private static final long serialVersionUID = 1L;

  /** As networks are deployed: running statistics, nothing is dropped. */
  public static final Mode EVAL = new Mode(BatchNormStatistics.RUNNING, false);

  /** As PyTorch's training mode, one image at a time. */
  public static final Mode TRAIN = new Mode(BatchNormStatistics.IMAGE, true);

  @Override
  public Rewritten rewrite(Graph graph) {
    Rewritten normed = statistics.pass().rewrite(graph);
    return dropout ? normed.then(new DrawDropout().rewrite(normed.graph())) : normed;
  }

  @Override
  public TensorSource derive(Graph before, TensorSource weights) {
    return statistics.pass().derive(before, weights);
  }
}
