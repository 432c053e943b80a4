package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.io.PrintStream;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.emit.IntegerCoverage;

/** Reports which operations of a model run on integer kernels. */
public final class KernelReport {
  private KernelReport() {}

  /**
   * Prints a line for a program with integer arithmetic.
   *
   * @param out where to print
   * @param precision the program's precision, for the line
   * @param program the program
   * @throws IOException if the weights cannot be opened
   */
  public static void print(PrintStream out, String precision, ProgramKey program)
      throws IOException {
    if (program.arithmetic() == Arithmetic.SIMULATED) {
      return;
    }
    IntegerCoverage coverage;
    try (OpenModel open = program.model().open()) {
      coverage = CamProgram.coverage(open, program.quantization(), program.arithmetic());
    }
    int all = coverage.kernels().size() + coverage.simulated().size();
    String line =
        "%s %s: integer kernels for %d of %d operations up to the target layer"
            .formatted(program.model().id(), precision, coverage.kernels().size(), all);
    out.println(
        coverage.simulated().isEmpty()
            ? line
            : line + "; in floating point: " + String.join(", ", coverage.simulated()));
  }
}
