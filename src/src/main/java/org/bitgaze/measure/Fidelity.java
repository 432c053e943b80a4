package org.bitgaze.measure;

import java.util.OptionalDouble;

/**
 * Signal-to-noise ratios of a network against the same in floating point, or as it is deployed,
 * each 10 log10(sum f^2 / sum (q - f)^2) in decibels.
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

  /**
   * Compares the outputs of two networks.
   *
   * @param signal the outputs of the one that is the reference
   * @param values the other's, of the same length
   * @return the ratio of the logits; nothing if all are equal, or one is not finite
   */
  public static Fidelity ofLogits(float[] signal, float[] values) {
    double energy = 0;
    double noise = 0;
    for (int i = 0; i < signal.length; i++) {
      double difference = (double) values[i] - signal[i];
      energy += (double) signal[i] * signal[i];
      noise += difference * difference;
    }
    return of(Double.NaN, 10 * Math.log10(energy / noise));
  }

  private static OptionalDouble finite(double ratio) {
    return Double.isFinite(ratio) ? OptionalDouble.of(ratio) : OptionalDouble.empty();
  }
}
