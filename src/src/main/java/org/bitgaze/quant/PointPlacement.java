package org.bitgaze.quant;

import org.bitgaze.choice.Named;

/** Where activations are quantized. */
public enum PointPlacement implements Named {
  /**
   * As integer kernels compute: layers with their activations and batch norms, sums, products and
   * concatenations.
   */
  FUSED("fused", "the input, layers with their activations, and functions", PlacementTable.FUSED),
  /**
   * As PyTorch's quantization-aware training without fused modules: behind each layer, batch norm,
   * ReLU6 and sigmoid.
   */
  UNFUSED("unfused", "each layer, batch norm, ReLU6 and sigmoid by itself", PlacementTable.UNFUSED);

  private final String id;
  private final String description;
  private final PlacementTable table;

  PointPlacement(String id, String description, PlacementTable table) {
    this.id = id;
    this.description = description;
    this.table = table;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return description;
  }

  /** {@return which operations' outputs are quantized} */
  PlacementTable table() {
    return table;
  }
}
