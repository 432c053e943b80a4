package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.stream.Stream;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.torch.runtime.IntegerKernels;
import picocli.CommandLine.Option;

/** The arithmetic of quantized networks. */
final class ArithmeticOption {
  @Option(
      names = "--arithmetic",
      paramLabel = "HOW",
      completionCandidates = OptionValues.Arithmetics.class,
      description =
          "arithmetic of quantized networks: ${bundle:choices.arithmetic} (default: simulated)")
  private Arithmetic arithmetic = Arithmetic.SIMULATED;

  /**
   * Returns the choice.
   *
   * @param ranges how ranges are obtained
   * @throws UsageException if integer arithmetic would have dynamic ranges
   */
  Arithmetic choice(RangeRule ranges) {
    UsageException.require(
        arithmetic != Arithmetic.INTEGER || !ranges.isDynamic(),
        "--arithmetic integer needs static ranges, but --ranges is dynamic");
    return arithmetic;
  }

  /**
   * Checks, before any work, that this machine's integer kernels are exact.
   *
   * @param arithmetic the arithmetic
   * @param configurations the layers' precisions
   * @param scheme how activations are quantized
   * @throws UsageException if the kernels saturate
   * @throws IOException if the check cannot be compiled
   */
  static void requireExact(
      Arithmetic arithmetic, Stream<Configuration> configurations, ActivationScheme scheme)
      throws IOException {
    if (configurations.anyMatch(c -> arithmetic.mayBeWide(c, scheme))) {
      try {
        IntegerKernels.requireExact();
      } catch (IllegalStateException e) {
        throw new UsageException(e.getMessage());
      }
    }
  }
}
