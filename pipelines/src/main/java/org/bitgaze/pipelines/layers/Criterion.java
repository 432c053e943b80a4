package org.bitgaze.pipelines.layers;

import org.bitgaze.choice.Named;

/** By what layers are chosen that keep more bits. */
public enum Criterion implements Named {
  /** By what the budget's first measure loses when the layer alone is quantized. */
  SENSITIVITY(
      "sensitivity", "by what the budget's first measure loses when the layer alone is quantized"),
  /** By the noise in the logits when it is: what other tools do. */
  SQNR("sqnr", "by the noise in the logits when it is"),
  /** In no order: what any choice must be better than. */
  RANDOM("random", "at random");

  private final String id;
  private final String description;

  Criterion(String id, String description) {
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
}
