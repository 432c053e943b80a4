package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
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
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.util.CoderUtils;
import org.bitgaze.transforms.ChooseExhibits;
import org.bitgaze.transforms.SummaryState;
import org.bitgaze.transforms.coders.BitgazeCoders;
import org.bitgaze.transforms.values.Exhibit;

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

  private static final String STATE = "state";
  private static final String EXHIBIT = "exhibit";

  /** A state of many detections is a longer text than Jackson reads by default. */
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
              .build());

  /**
   * Formats a summary that can be merged.
   *
   * @return a line of JSON
   */
  public static String format(SummaryState state) throws IOException {
    return JSON.writeValueAsString(Map.of(STATE, state.encode()));
  }

  /**
   * Formats an exhibit.
   *
   * @return a line of JSON
   */
  public static String format(Exhibit exhibit) throws IOException {
    return JSON.writeValueAsString(
        Map.of(EXHIBIT, CoderUtils.encodeToByteArray(BitgazeCoders.EXHIBIT, exhibit)));
  }

  /**
   * Reads all lines of one pipeline.
   *
   * @param shards folder of {@code findings-*}
   * @return their content
   */
  public static Findings read(Path shards) throws IOException {
    try (var files = Files.newDirectoryStream(shards, NAME + "-*")) {
      return read(files, exhibits -> exhibits);
    }
  }

  /**
   * Reads the lines of all parts of an audit.
   *
   * @param files one for each part
   * @param models the models' ids
   * @param choice which images are shown
   * @return the summary of all parts, and the exhibits of all images
   */
  public static Findings merge(List<Path> files, List<String> models, ChooseExhibits.Choice choice)
      throws IOException {
    return read(
        files,
        exhibits -> exhibits.isEmpty() ? exhibits : ChooseExhibits.merge(models, choice, exhibits));
  }

  private static Findings read(Iterable<Path> files, UnaryOperator<List<Exhibit>> choose)
      throws IOException {
    SummaryState state = SummaryState.merge(List.of());
    List<Exhibit> exhibits = new ArrayList<>();
    for (Path file : files) {
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          JsonNode entry = JSON.readTree(line);
          if (entry.has(STATE)) {
            SummaryState one = SummaryState.decode(entry.get(STATE).binaryValue());
            state = SummaryState.merge(List.of(state, one));
          } else {
            exhibits.add(
                CoderUtils.decodeFromByteArray(
                    BitgazeCoders.EXHIBIT, entry.get(EXHIBIT).binaryValue()));
          }
        }
      }
      // What is held does not grow with the number of files.
      exhibits = new ArrayList<>(choose.apply(exhibits));
    }
    List<SummaryLine> summary = new ArrayList<>();
    state.statistics().forEach(l -> summary.add(SummaryLine.of(l.getKey(), l.getValue())));
    return new Findings(
        summary,
        exhibits.stream()
            .map(ExhibitLine::of)
            .sorted(Comparator.comparing(ExhibitLine::key))
            .toList());
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
