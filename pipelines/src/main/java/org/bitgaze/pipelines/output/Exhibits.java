package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The images that the report shows. */
public final class Exhibits {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Exhibits() {}

  /**
   * Writes {@code exhibits.jsonl}, sorted by image.
   *
   * @param shards folder of {@code exhibits-*.jsonl}
   * @param file where to write
   * @return the images' keys
   * @throws IOException if a shard cannot be read or the file not written
   */
  public static Set<String> gather(Path shards, Path file) throws IOException {
    List<ExhibitLine> exhibits = new ArrayList<>();
    for (String line : Shards.lines(shards, "exhibits-*.jsonl")) {
      exhibits.add(JSON.readValue(line, ExhibitLine.class));
    }
    exhibits.sort(Comparator.comparing(ExhibitLine::key));
    Set<String> keys = new HashSet<>();
    List<String> lines = new ArrayList<>();
    for (ExhibitLine exhibit : exhibits) {
      keys.add(exhibit.key());
      lines.add(JSON.writeValueAsString(exhibit));
    }
    Files.write(file, lines);
    return keys;
  }

  /**
   * Reads {@code exhibits.jsonl}.
   *
   * @param file the file
   * @return its lines
   * @throws IOException if it cannot be read
   */
  public static List<ExhibitLine> read(Path file) throws IOException {
    List<ExhibitLine> exhibits = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      exhibits.add(JSON.readValue(line, ExhibitLine.class));
    }
    return exhibits;
  }
}
