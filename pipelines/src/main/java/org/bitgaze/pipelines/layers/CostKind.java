package org.bitgaze.pipelines.layers;

import org.bitgaze.choice.Named;
import org.bitgaze.quant.sweep.Cost;

/** The cost that a mixed precision minimizes. */
public enum CostKind implements Named {
  /** See {@link Cost#weightBits}. */
  SIZE("size", "bits times weights"),
  /** See {@link Cost#bitOperations}. */
  OPERATIONS("operations", "bits times multiply-adds");

  private final String id;
  private final String description;

  CostKind(String id, String description) {
    this.id = id;
    this.description = description;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return description;
  }

  /** This kind's part of a cost. */
  long of(Cost cost) {
    return this == SIZE ? cost.weightBits() : cost.bitOperations();
  }
}
