package org.bitgaze.pipelines.layers;

import org.bitgaze.choice.Named;

/** How the layers that keep more bits are chosen. */
public enum Criterion implements Named {
  /** By the loss of the budget's first measure when the layer alone is quantized. */
  SENSITIVITY(
      "sensitivity", "by the loss of the budget's first measure when the layer alone is quantized"),
  /** By the noise in the logits when the layer alone is quantized, as other tools do. */
  SQNR("sqnr", "by the noise in the logits when the layer alone is quantized"),
  /** At random: the baseline. */
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
