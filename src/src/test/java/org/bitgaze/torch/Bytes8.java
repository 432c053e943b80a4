package org.bitgaze.torch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.bitgaze.torch.runtime.IntegerKernels;

/** What tests ask of the machine that they run on. */
final class Bytes8 {
  /** Why something is not tested. */
  static final String REFUSED =
      "this processor's integer kernels saturate at 8 bits, and are refused";

  private Bytes8() {}

  /**
   * Whether integer kernels are exact at 8 bits here; {@code IntegerKernelsTest} checks the answer.
   */
  static boolean areExact() throws IOException {
    try {
      IntegerKernels.requireExact();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Skips a test where they are not, and says so. */
  static void assumeExact() throws IOException {
    assumeTrue(areExact(), REFUSED);
  }
}
