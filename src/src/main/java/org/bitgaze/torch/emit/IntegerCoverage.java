package org.bitgaze.torch.emit;

import java.util.List;

/**
 * Which nodes of a program, up to its target layer, integer kernels compute.
 *
 * @param kernels names of the nodes that they compute, in graph order
 * @param simulated names of those that are computed in floating point: they have no kernel, or no
 *     quantization after them
 */
public record IntegerCoverage(List<String> kernels, List<String> simulated) {
  /** No nodes, as in a simulation. */
  public static final IntegerCoverage NONE = new IntegerCoverage(List.of(), List.of());

  /** Copies the lists. */
  public IntegerCoverage {
    kernels = List.copyOf(kernels);
    simulated = List.copyOf(simulated);
  }
}
