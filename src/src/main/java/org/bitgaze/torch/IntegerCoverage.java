package org.bitgaze.torch;

import java.util.List;

/**
 * What integer kernels compute of a program, up to its target layer.
 *
 * @param kernels names of the nodes that they compute, in graph order
 * @param simulated names of those that are computed in floating point, for there is no kernel, or
 *     no quantization behind them
 */
public record IntegerCoverage(List<String> kernels, List<String> simulated) {
  /** Nothing, as in a simulation. */
  public static final IntegerCoverage NONE = new IntegerCoverage(List.of(), List.of());

  /** Copies the lists. */
  public IntegerCoverage {
    kernels = List.copyOf(kernels);
    simulated = List.copyOf(simulated);
  }
}
