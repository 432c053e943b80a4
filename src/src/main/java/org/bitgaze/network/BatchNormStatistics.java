package org.bitgaze.network;

import org.bitgaze.choice.Named;

/** Which mean and variance batch norms use. */
public enum BatchNormStatistics implements Named {
  /** Those that were gathered in training: constants, folded into the convolutions. */
  RUNNING("eval", "running statistics, folded into convolutions", new FoldBatchNorm()),
  /** Each image's own, over height and width. */
  IMAGE("train", "each image's own statistics, nothing folded", new ImageStatistics());

  private final String id;
  private final String description;
  private final Pass pass;

  BatchNormStatistics(String id, String description, Pass pass) {
    this.id = id;
    this.description = description;
    this.pass = pass;
  }

  /** Returns the name of PyTorch's mode that has them. */
  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return description;
  }

  /**
   * Returns the rewriting that makes batch norms use them.
   *
   * @return a pass, to be the first
   */
  Pass pass() {
    return pass;
  }
}
