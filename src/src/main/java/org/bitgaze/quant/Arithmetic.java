package org.bitgaze.quant;

import org.bitgaze.choice.Named;

/** The arithmetic of a quantized network from the input to the target layer. */
public enum Arithmetic implements Named {
  /** Floating point on fake-quantized values; sums are not rounded. */
  SIMULATED("simulated", "quantized values in floating point"),
  /**
   * Bytes and 32-bit sums, as in deployed networks. The target layer's output and all that follows
   * are in floating point, because they are differentiated.
   */
  INTEGER("integer", "integer kernels up to the target layer, for up to 8 bits");

  /** The largest number of bits for which kernels exist. */
  private static final int MAX_BITS = 8;

  private final String id;
  private final String description;

  Arithmetic(String id, String description) {
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
   * Finds an arithmetic by name.
   *
   * @param id a name, such as {@code integer}
   * @return the arithmetic
   * @throws IllegalArgumentException if there is no such arithmetic, listing the names
   */
  public static Arithmetic of(String id) {
    return Named.find(values(), "arithmetic", id);
  }

  /**
   * Returns the arithmetic that is used at a precision if this one is requested.
   *
   * @param precision any precision
   * @return simulated for floating point and for more than 8 bits, which have no kernels
   */
  public Arithmetic at(Precision precision) {
    return precision.bits() <= MAX_BITS ? this : SIMULATED;
  }

  /**
   * Returns the arithmetic that is used for a configuration if this one is requested.
   *
   * @param configuration the layers' precisions
   * @return simulated if kernels exist for no layer's weights and activation
   */
  public Arithmetic at(Configuration configuration) {
    boolean any =
        configuration
            .precisions()
            .anyMatch(l -> l.weights().bits() <= MAX_BITS && l.activation().bits() <= MAX_BITS);
    return any ? this : SIMULATED;
  }

  /**
   * Tells whether the sum of two products may exceed 16 bits in a kernel: one layer has weights of
   * 8 bits, and one, not necessarily the same, has activations with enough steps.
   *
   * @param configuration the layers' precisions
   * @param scheme how activations are quantized
   * @return false for simulated arithmetic; if true and layers differ, a program may still be free
   *     of such sums
   */
  public boolean mayBeWide(Configuration configuration, ActivationScheme scheme) {
    return at(configuration) == INTEGER
        && configuration.precisions().anyMatch(layer -> layer.weights().bits() == MAX_BITS)
        && configuration
            .precisions()
            .map(LayerPrecision::activation)
            .filter(precision -> precision.bits() <= MAX_BITS)
            .map(scheme::activations)
            .anyMatch(integers -> isWide(integers.qmax() - integers.qmin()));
  }

  /**
   * Tells whether the sum of two products of an input and a weight of 8 bits may exceed 16 bits.
   *
   * @param steps the number of steps from the smallest to the largest input
   * @return whether it may
   */
  public static boolean isWide(int steps) {
    return 2 * steps * (1 << (MAX_BITS - 1)) > Short.MAX_VALUE;
  }
}
