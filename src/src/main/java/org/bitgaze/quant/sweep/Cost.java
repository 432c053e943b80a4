package org.bitgaze.quant.sweep;

import java.util.List;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.QuantizableLayer;

/**
 * What a network costs in a configuration. Weights and multiply-adds in floating point count as 32
 * bits. Biases, which are never quantized, and layers without weights do not count.
 *
 * @param weightBits size of the weights in bits
 * @param bitOperations multiply-adds of one image, each times its weight's bits
 */
public record Cost(long weightBits, long bitOperations) {

  /**
   * Returns the cost of a network.
   *
   * @param layers its layers
   * @param configuration their precisions
   * @return the sum over the layers
   */
  public static Cost of(List<QuantizableLayer> layers, Configuration configuration) {
    return layers.stream()
        .map(layer -> of(layer, configuration.get(layer.name())))
        .reduce(new Cost(0, 0), Cost::plus);
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
