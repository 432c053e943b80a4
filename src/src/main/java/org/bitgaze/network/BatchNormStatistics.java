package org.bitgaze.network;

import org.bitgaze.choice.Named;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.InstanceNorm2d;

/** The mean and variance that batch norms use. */
public enum BatchNormStatistics implements Named {
  /** The running statistics of training: constants, folded into the convolutions. */
  RUNNING("eval", "running statistics, folded into convolutions", new FoldBatchNorm()),
  /** Each image's own statistics over height and width, see {@link InstanceNorm2d}. */
  IMAGE(
      "train",
      "each image's own statistics, nothing folded",
      graph ->
          graph.rewrite(
              node ->
                  node.op() instanceof BatchNorm2d norm
                      ? new Edit.ReplaceKeepingOutput(
                          new InstanceNorm2d(norm.features(), norm.eps()))
                      : Edit.KEEP));

  private final String id;
  private final String description;
  private final Pass pass;

  BatchNormStatistics(String id, String description, Pass pass) {
    this.id = id;
    this.description = description;
    this.pass = pass;
  }

  /** {@return PyTorch's name of the mode that uses them} */
  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return description;
  }

  /** {@return the pass that makes batch norms use them; it must come first} */
  Pass pass() {
    return pass;
  }
}
