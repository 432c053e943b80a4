package org.bitgaze.pipelines.layers;

import java.util.Map;
import org.bitgaze.choice.Named;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Layer;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Precision;

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

  /** Of a layer that has weights or an activation alone, its parts are the layer. */
  boolean appliesTo(Layer layer) {
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

  /** What tables call a trial. */
  String name(Precision bits, String layer) {
    return bits + " " + id + " " + layer;
  }

  /** What a network is when a layer is tried. */
  Configuration configuration(Precision bits, String layer) {
    return Configuration.of(name(bits, layer), others(bits), Map.of()).with(layer, precision(bits));
  }
}
