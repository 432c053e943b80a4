package org.bitgaze.quant.sweep;

import java.util.Map;
import org.bitgaze.choice.Named;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;

/** The part of a network that is quantized to measure how sensitive a layer is. */
public enum QuantizedPart implements Named {
  /** The layer alone. */
  ONLY("only", "this layer alone is quantized"),
  /** All layers but this one. */
  ALL_BUT("all-but", "all layers but this one are"),
  /** The layer's weights alone. */
  WEIGHTS("weights", "the weights of this layer alone are"),
  /** The layer's activation alone. */
  ACTIVATIONS("activations", "the activation of this layer alone is");

  private final String id;
  private final String description;

  QuantizedPart(String id, String description) {
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

  /**
   * Tells whether this part of a layer differs from all other parts. The weights of a layer without
   * a quantization point are the layer, and so is the activation of a layer without weights.
   *
   * @param layer the layer
   * @return whether to measure it
   */
  public boolean appliesTo(QuantizableLayer layer) {
    return this == ONLY || this == ALL_BUT || (layer.hasPoint() && layer.weights() > 0);
  }

  /** Returns the precision of the layer or, for a whole network, of all layers. */
  LayerPrecision precision(Precision precision) {
    return switch (this) {
      case ONLY -> LayerPrecision.of(precision);
      case ALL_BUT -> LayerPrecision.F32;
      case WEIGHTS -> new LayerPrecision(precision, Precision.F32);
      case ACTIVATIONS -> new LayerPrecision(Precision.F32, precision);
    };
  }

  /**
   * Names a configuration.
   *
   * @param precision an integer precision
   * @param layer the layer
   * @return a name such as {@code int8 only features.0}
   */
  public String name(Precision precision, String layer) {
    return precision + " " + id + " " + layer;
  }

  /** Returns the precisions of a network's layers. */
  Configuration configuration(Precision precision, String layer) {
    LayerPrecision others = this == ALL_BUT ? LayerPrecision.of(precision) : LayerPrecision.F32;
    return new Configuration(name(precision, layer), others, Map.of(layer, precision(precision)));
  }
}
