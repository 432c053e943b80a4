package org.bitgaze.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The folder of real photographs, weights and reference outputs that lies beside some checkouts.
 * Tests that use it are skipped, with the reason, where it is absent.
 */
public final class Shared {
  private Shared() {}

  /** Returns a file of the folder, or skips the calling test. */
  public static Path file(String name) {
    Path module = Path.of("").toAbsolutePath();
    Path root = Files.exists(module.resolve("../pom.xml")) ? module.getParent() : module;
    Path file = root.resolveSibling("shared").resolve(name);
    if (!Files.exists(file)) {
      // Surefire keeps the reason of a skipped test to itself.
      System.out.println("skipped: there is no " + file);
      Assumptions.abort("skipped: there is no " + file);
    }
    return file;
  }
}
