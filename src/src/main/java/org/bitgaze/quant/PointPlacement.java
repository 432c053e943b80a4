package org.bitgaze.quant;

import org.bitgaze.choice.Named;

/** Where activations are quantized. */
public enum PointPlacement implements Named {
  /**
   * As integer kernels compute: layers with their activations and their batch norms, additions,
   * products and concatenations, see {@link org.bitgaze.network.op.QuantizationRole}.
   */
  FUSED("fused", "the input, layers with their activations, and functions"),
  /**
   * As PyTorch's quantization-aware training does with modules that it fuses with no other: behind
   * each layer, batch norm, ReLU6 and sigmoid, see {@link org.bitgaze.network.op.UnfusedRole}.
   */
  UNFUSED("unfused", "each layer, batch norm, ReLU6 and sigmoid by itself");

  private final String id;
  private final String description;

  PointPlacement(String id, String description) {
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
