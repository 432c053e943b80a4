package org.bitgaze.pipelines.job;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The keys of a job's images, in a temporary file of this machine, one per line: the input is
 * walked once, and its listing is not held in memory.
 */
public final class KeyListing {
  private final Path file;

  private KeyListing(Path file) {
    this.file = file;
  }

  /**
   * Writes keys.
   *
   * @param <T> what the source returns
   */
  @FunctionalInterface
  public interface Source<T> {
    /**
     * Lists all keys.
     *
     * @param keys takes each
     * @return what else was found
     * @throws IOException if they cannot be listed
     */
    T list(Consumer<String> keys) throws IOException;
  }

  /**
   * A listing and what else was found.
   *
   * @param listing the keys
   * @param found what the source returned
   * @param <T> its type
   */
  public record Listed<T>(KeyListing listing, T found) {}

  /**
   * Lists keys.
   *
   * @param source lists them; keys have no line breaks
   * @param <T> what the source returns
   * @return the listing
   * @throws IOException if the keys cannot be listed or written
   */
  public static <T> Listed<T> of(Source<T> source) throws IOException {
    Path file = Files.createTempFile("bitgaze-keys", ".txt");
    file.toFile().deleteOnExit();
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      T found = source.list(key -> write(out, key));
      return new Listed<>(new KeyListing(file), found);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** {@return the file, one key per line} */
  Path file() {
    return file;
  }

  /** Writes a line. */
  static void write(BufferedWriter out, String key) {
    try {
      out.write(key);
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads the keys.
   *
   * @param keys takes each, in the order in which they were listed
   * @throws IOException if the file cannot be read
   */
  public void forEach(Consumer<String> keys) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String key = lines.readLine(); key != null; key = lines.readLine()) {
        keys.accept(key);
      }
    }
  }
}
