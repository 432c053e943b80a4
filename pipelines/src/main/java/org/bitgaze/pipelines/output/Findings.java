package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;

/**
 * The workers' results beside rows: lines of the summary, and exhibits. Shards are JSON lines; each
 * is an object whose only entry names its kind.
 *
 * @param summary lines, in any order
 * @param exhibits without pictures, by key
 */
public record Findings(List<SummaryLine> summary, List<ExhibitLine> exhibits) {
  /** Prefix of the shards. */
  public static final String NAME = "findings";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Formats a line of the summary.
   *
   * @param line the statistics and what they are of
   * @return a line of JSON
   */
  public static String format(KV<SummaryKey, Statistics> line) throws IOException {
    return JSON.writeValueAsString(
        Map.of("summary", SummaryLine.of(line.getKey(), line.getValue())));
  }

  /**
   * Formats an exhibit.
   *
   * @return a line of JSON
   */
  public static String format(Exhibit exhibit) throws IOException {
    return JSON.writeValueAsString(Map.of("exhibit", ExhibitLine.of(exhibit)));
  }

  /**
   * Reads all lines.
   *
   * @param shards folder of {@code findings-*}
   * @return their content
   */
  public static Findings read(Path shards) throws IOException {
    Findings all = new Findings(new ArrayList<>(), new ArrayList<>());
    try (var files = Files.newDirectoryStream(shards, NAME + "-*")) {
      for (Path file : files) {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            all.add(JSON.readTree(line));
          }
        }
      }
    }
    all.exhibits.sort(Comparator.comparing(ExhibitLine::key));
    return all;
  }

  private void add(JsonNode line) throws IOException {
    if (line.has("summary")) {
      summary.add(JSON.treeToValue(line.get("summary"), SummaryLine.class));
    } else {
      exhibits.add(JSON.treeToValue(line.get("exhibit"), ExhibitLine.class));
    }
  }

  /**
   * Writes {@code exhibits.jsonl}.
   *
   * @param exhibits with their pictures
   */
  public static void write(List<ExhibitLine> exhibits, Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (ExhibitLine exhibit : exhibits) {
      lines.add(JSON.writeValueAsString(exhibit));
    }
    Files.write(file, lines);
  }

  /**
   * Reads {@code exhibits.jsonl}.
   *
   * @return its lines
   */
  public static List<ExhibitLine> exhibits(Path file) throws IOException {
    List<ExhibitLine> exhibits = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      exhibits.add(JSON.readValue(line, ExhibitLine.class));
    }
    return exhibits;
  }
}
