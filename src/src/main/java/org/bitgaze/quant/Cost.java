package org.bitgaze.quant;

import java.util.List;

/**
 * What a network costs in a configuration. A weight or a multiply-add in floating point counts as
 * 32 bits; biases, which are never quantized, and layers without weights count as nothing.
 *
 * @param weightBits size of the weights: their bits, summed up
 * @param bitOperations multiply-adds of one image, each times its weight's bits
 */
public record Cost(long weightBits, long bitOperations) {

  /**
   * Adds a network up.
   *
   * @param layers its layers
   * @param configuration their precisions
   * @return the cost
   */
  public static Cost of(List<QuantizableLayer> layers, Configuration configuration) {
    Cost sum = new Cost(0, 0);
    for (QuantizableLayer layer : layers) {
      sum = sum.plus(of(layer, configuration.get(layer.name())));
    }
    return sum;
  }

  /**
   * Returns the cost of one layer.
   *
   * @param layer the layer
   * @param precision its precision
   * @return its share of a network's cost
   */
  public static Cost of(QuantizableLayer layer, LayerPrecision precision) {
    long bits = precision.weights().bits();
    return new Cost(bits * layer.weights(), bits * layer.multiplyAdds());
  }

  private Cost plus(Cost other) {
    return new Cost(weightBits + other.weightBits, bitOperations + other.bitOperations);
  }
}
