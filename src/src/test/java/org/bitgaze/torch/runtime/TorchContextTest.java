package org.bitgaze.torch.runtime;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TorchContextTest {
  @BeforeAll
  static void engineIsLoaded() {
    // The choice is made when the engine is.
    TorchEngine.notice().ifPresent(System.out::println);
  }

  /** oneDNN's, or PyTorch's own where oneDNN's are not. */
  @Test
  void convolutionsFindTheirSums() {
    assertTrue(TorchContext.areSumsRight());
  }

  /** Another libtorch may name them in another way: then nothing would be chosen. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void functionsAreThere() {
    for (String function : TorchContext.FUNCTIONS) {
      assertNotNull(TorchContext.library().getFunction(function));
    }
  }
}
