package org.bitgaze.quant;

import java.util.Map;
import org.bitgaze.choice.Named;

/** What is quantized when a layer is tried. */
public enum TrialKind implements Named {
  /** The layer by itself. */
  ONLY("only", "this layer alone is quantized"),
  /** Everything but the layer. */
  ALL_BUT("all-but", "all layers but this one are"),
  /** The layer's weights by themselves. */
  WEIGHTS("weights", "the weights of this layer alone are"),
  /** The layer's activation by itself. */
  ACTIVATIONS("activations", "the activation of this layer alone is");

  private final String id;
  private final String description;

  TrialKind(String id, String description) {
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
   * Tells whether a layer can be tried so. Of one that has weights or an activation alone, its
   * parts are the layer.
   *
   * @param layer the layer
   * @return whether it is more than another trial under another name
   */
  public boolean appliesTo(QuantizableLayer layer) {
    return this == ONLY || this == ALL_BUT || (layer.hasPoint() && layer.weights() > 0);
  }

  /** What is quantized, at the layer or, of a whole network, everywhere. */
  LayerPrecision precision(Precision bits) {
    return switch (this) {
      case ONLY -> LayerPrecision.of(bits);
      case ALL_BUT -> LayerPrecision.F32;
      case WEIGHTS -> new LayerPrecision(bits, Precision.F32);
      case ACTIVATIONS -> new LayerPrecision(Precision.F32, bits);
    };
  }

  /** What all other layers are. */
  LayerPrecision others(Precision bits) {
    return this == ALL_BUT ? LayerPrecision.of(bits) : LayerPrecision.F32;
  }

  /**
   * Returns what tables call a trial.
   *
   * @param bits to which is quantized what is
   * @param layer its layer
   * @return such as {@code int8 only features.0}
   */
  public String name(Precision bits, String layer) {
    return bits + " " + id + " " + layer;
  }

  /** What a network is when a layer is tried. */
  Configuration configuration(Precision bits, String layer) {
    return Configuration.of(name(bits, layer), others(bits), Map.of()).with(layer, precision(bits));
  }
}
