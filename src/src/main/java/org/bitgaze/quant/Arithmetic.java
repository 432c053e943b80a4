package org.bitgaze.quant;

import java.util.stream.Stream;
import org.bitgaze.choice.Named;

/** What a quantized network computes with, from the images to the target layer. */
public enum Arithmetic implements Named {
  /** Floating point, in which quantized values are exact and sums are not rounded to steps. */
  SIMULATED("simulated", "quantized values in floating point"),
  /**
   * Bytes and 32-bit sums, as deployed networks do; the target layer's output and what follows it
   * are floating point, for they are differentiated.
   */
  INTEGER("integer", "integer kernels up to the target layer, for up to 8 bits");

  /** The widest integers that kernels multiply. */
  private static final int WIDEST = 8;

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
   * @param id such as {@code integer}
   * @return the arithmetic
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static Arithmetic of(String id) {
    return Named.find(values(), "arithmetic", id);
  }

  /**
   * Returns the arithmetic that a precision gets where this one is asked for.
   *
   * @param precision any precision
   * @return simulated for floating point and for more than 8 bits, which have no kernels
   */
  public Arithmetic at(Precision precision) {
    return precision.bits() <= WIDEST ? this : SIMULATED;
  }

  /**
   * Returns the arithmetic that a configuration gets where this one is asked for.
   *
   * @param configuration the layers' precisions
   * @return simulated where no layer's weights and activation have kernels
   */
  public Arithmetic at(Configuration configuration) {
    boolean any =
        layers(configuration)
            .anyMatch(l -> l.weights().bits() <= WIDEST && l.activation().bits() <= WIDEST);
    return any ? this : SIMULATED;
  }

  /**
   * Tells whether kernels may meet products of which two are beyond 16 bits: a layer has weights of
   * 8 bits, and one, not necessarily the same, has activations of so many steps.
   *
   * @param configuration the layers' precisions
   * @param scheme how activations are quantized
   * @return never for simulated arithmetic; where layers differ, no program need have such products
   */
  public boolean mayBeWide(Configuration configuration, ActivationScheme scheme) {
    return at(configuration) == INTEGER
        && layers(configuration).anyMatch(layer -> layer.weights().bits() == WIDEST)
        && layers(configuration)
            .map(LayerPrecision::activation)
            .filter(precision -> precision.bits() <= WIDEST)
            .map(scheme::activations)
            .anyMatch(integers -> isWide(integers.qmax() - integers.qmin()));
  }

  /**
   * Tells whether two products of such inputs and of weights of 8 bits are beyond 16 bits.
   *
   * @param steps the largest input, in steps from the smallest
   * @return whether they may be
   */
  public static boolean isWide(int steps) {
    return 2 * steps * (1 << (WIDEST - 1)) > Short.MAX_VALUE;
  }

  private static Stream<LayerPrecision> layers(Configuration configuration) {
    return Stream.concat(
        Stream.of(configuration.otherwise()), configuration.layers().values().stream());
  }
}
