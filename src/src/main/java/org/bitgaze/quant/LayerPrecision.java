package org.bitgaze.quant;

import java.io.Serializable;

/**
 * The precision of one layer.
 *
 * @param weights the precision of its weights
 * @param activation the precision of its activation; only the bits matter
 */
public record LayerPrecision(Precision weights, Precision activation) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nothing is quantized. */
  public static final LayerPrecision F32 = of(Precision.F32);

  /**
   * Quantizes weights and activation alike.
   *
   * @param both their precision
   * @return the layer's precision
   */
  public static LayerPrecision of(Precision both) {
    return new LayerPrecision(both, both);
  }

  /**
   * Parses the result of {@link #toString}.
   *
   * @param text a precision's name, or two names: weights{@code /}activation
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

  /** {@return whether both are floating point} */
  public boolean isFloat() {
    return weights.isFloat() && activation.isFloat();
  }

  /** {@return a name that {@link #parse} reads, such as {@code int8} or {@code int4/f32}} */
  @Override
  public String toString() {
    return weights.equals(activation) ? weights.toString() : weights + "/" + activation;
  }
}
