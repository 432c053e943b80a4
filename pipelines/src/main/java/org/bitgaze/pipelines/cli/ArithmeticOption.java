package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.stream.Stream;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.torch.runtime.IntegerKernels;
import picocli.CommandLine.Option;

/** What quantized networks compute with. */
final class ArithmeticOption {
  @Option(
      names = "--arithmetic",
      paramLabel = "HOW",
      defaultValue = "simulated",
      completionCandidates = Choices.Arithmetics.class,
      description =
          "what quantized networks compute with: ${bundle:choices.arithmetic} (default: ${DEFAULT-VALUE})")
  private String arithmetic;

  /**
   * Returns the choice.
   *
   * @param ranges where ranges come from
   * @throws UsageException if integers are to have ranges that only an image itself has
   * @throws IllegalArgumentException if there is no such arithmetic
   */
  Arithmetic choice(RangeMode ranges) {
    Arithmetic chosen = Arithmetic.of(arithmetic);
    if (chosen == Arithmetic.INTEGER && ranges == RangeMode.DYNAMIC) {
      throw new UsageException(
          "--arithmetic integer needs static ranges; with --ranges dynamic it is simulated only");
    }
    return chosen;
  }

  /**
   * Checks before any work that this machine's kernels are exact where programs are to run here.
   *
   * @param arithmetic what is asked for
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
