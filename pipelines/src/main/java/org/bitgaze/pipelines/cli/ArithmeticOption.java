package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.choice.Named;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.RangeMode;
import picocli.CommandLine.Option;

/** What quantized networks compute with. */
final class ArithmeticOption {
  @Option(
      names = "--arithmetic",
      paramLabel = "HOW",
      defaultValue = "simulated",
      completionCandidates = Arithmetics.class,
      description =
          "what quantized networks compute with: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private String arithmetic;

  /** The choices, for help texts. */
  static final class Arithmetics extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Arithmetics() {
      super(List.of(Named.describe(Arithmetic.values())));
    }
  }

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
}
