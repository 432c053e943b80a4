package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The small files that workers leave. */
public final class Shards {
  private Shards() {}

  /**
   * Reads all lines.
   *
   * @param folder the shards' folder
   * @param pattern of their names
   * @return the lines of all that match, in no order
   * @throws IOException if one cannot be read
   */
  public static List<String> lines(Path folder, String pattern) throws IOException {
    List<String> lines = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, pattern)) {
      for (Path file : files) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }
}
