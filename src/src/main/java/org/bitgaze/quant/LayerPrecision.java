package org.bitgaze.quant;

import java.io.Serializable;

/**
 * The precision of one layer: of the weights that it reads and of the activation that it makes.
 *
 * @param weights {@link Precision#F32} to leave them as they are
 * @param activation {@link Precision#F32} to leave it as it is; only its bits count
 */
public record LayerPrecision(Precision weights, Precision activation) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nothing is quantized. */
  public static final LayerPrecision F32 = of(Precision.F32);

  /**
   * Quantizes weights and activation alike.
   *
   * @param both their precision
   * @return the layer's
   */
  public static LayerPrecision of(Precision both) {
    return new LayerPrecision(both, both);
  }

  /**
   * Parses what {@link #toString} writes.
   *
   * @param text a precision's name, or two: weights{@code /}activation
   * @return the layer's precision
   * @throws IllegalArgumentException if there is no such precision
   */
  public static LayerPrecision parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? of(Precision.of(text))
        : new LayerPrecision(
            Precision.of(text.substring(0, slash)), Precision.of(text.substring(slash + 1)));
  }

  /**
   * Tells whether nothing is quantized.
   *
   * @return whether both are floating point
   */
  public boolean isFloat() {
    return weights.isFloat() && activation.isFloat();
  }

  /** Returns a name that {@link #parse} reads, such as {@code int8} or {@code int4/f32}. */
  @Override
  public String toString() {
    return weights.equals(activation) ? weights.toString() : weights + "/" + activation;
  }
}
