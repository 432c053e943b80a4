package org.bitgaze.measure;

import java.util.OptionalDouble;

/**
 * Signal-to-noise ratios of a network that is quantized against the same in floating point, each 10
 * log10(sum f^2 / sum (q - f)^2) in decibels.
 *
 * @param features of the target layer's activations; nothing if it is not known, or nothing differs
 * @param logits of the network's output, likewise
 */
public record Fidelity(OptionalDouble features, OptionalDouble logits) {
  /** Nothing is known. */
  public static final Fidelity UNKNOWN =
      new Fidelity(OptionalDouble.empty(), OptionalDouble.empty());

  /**
   * Takes ratios as they were computed.
   *
   * @param features infinite where nothing differs
   * @param logits likewise
   * @return both, if they are finite
   */
  public static Fidelity of(double features, double logits) {
    return new Fidelity(finite(features), finite(logits));
  }

  private static OptionalDouble finite(double ratio) {
    return Double.isFinite(ratio) ? OptionalDouble.of(ratio) : OptionalDouble.empty();
  }
}
