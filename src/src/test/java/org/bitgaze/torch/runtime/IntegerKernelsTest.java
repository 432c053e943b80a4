package org.bitgaze.torch.runtime;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntegerKernelsTest {
  private static final Path CPU = Path.of("/proc/cpuinfo");

  /** Kernels whose sums saturate are refused; those that have PyTorch's instruction are exact. */
  @Test
  void saturationIsNoticed() throws IOException {
    if (!IntegerKernels.sums().equals(List.of(200, 200, 200))) {
      assertThrows(IllegalStateException.class, IntegerKernels::requireExact);
    } else {
      assertDoesNotThrow(IntegerKernels::requireExact);
    }
    assumeTrue(Files.exists(CPU), "only Linux says what its processor has");
    assumeTrue(Files.readString(CPU).contains("avx512_vnni"), "a processor without AVX-512's VNNI");
    assertEquals(List.of(200, 200, 200), IntegerKernels.sums());
  }
}
