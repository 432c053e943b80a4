package org.bitgaze.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/**
 * Photographs, weights and reference outputs in the folder {@code shared} beside the checkout. The
 * test resources hold excerpts of it, under the same names, for checkouts without that folder.
 */
public final class Shared {
  private static final String EXCERPTS = "src/src/test/resources/org/bitgaze/shared";

  private Shared() {}

  /** Returns a file of the folder, or its excerpt; skips the calling test if there is neither. */
  public static Path file(String name) {
    return find(name).orElseGet(() -> Assumptions.abort(missing(name)));
  }

  static String missing(String name) {
    return "there is no ../shared/" + name;
  }

  static Optional<Path> find(String name) {
    Path module = Path.of("").toAbsolutePath();
    Path root = Files.exists(module.resolve("../pom.xml")) ? module.getParent() : module;
    Path whole = root.resolveSibling("shared").resolve(name);
    if (Files.exists(whole)) {
      return Optional.of(whole);
    }
    Path excerpt = root.resolve(EXCERPTS).resolve(name);
    Path packed = excerpt.resolveSibling(excerpt.getFileName() + ".gz");
    if (Files.exists(packed)) {
      return Optional.of(unpack(packed, module.resolve("target/shared").resolve(name)));
    }
    // A folder of excerpts is not the whole folder.
    return Files.isRegularFile(excerpt) ? Optional.of(excerpt) : Optional.empty();
  }

  private static Path unpack(Path packed, Path file) {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
      Files.createDirectories(file.getParent());
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
