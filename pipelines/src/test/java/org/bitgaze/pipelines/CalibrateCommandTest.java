package org.bitgaze.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bitgaze calibrate}, run as its user runs it, in this process. */
class CalibrateCommandTest {
  @TempDir private static Path folder;

  private record Ended(int code, String out, String err) {}

  private static Ended bitgaze(List<String> args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int code = Bitgaze.run(args.toArray(String[]::new));
      return new Ended(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static List<String> command(String name, String input, String output, String... more) {
    List<String> args =
        new ArrayList<>(List.of(name, "--input", input, "--weights", "scenes", "--networks"));
    args.addAll(List.of("squeezenet1_0", "--output", folder.resolve(output).toString()));
    args.addAll(List.of(more));
    return args;
  }

  private static JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve(file)));
  }

  /** A file of ranges gives the rows of an audit that calibrates the same images itself. */
  @Test
  void rangesAreAFile() throws IOException {
    Ended ended =
        bitgaze(
            command(
                "calibrate",
                "scenes:5:2",
                "ranges",
                "--ranges",
                "mse",
                "--calibration-images",
                "4",
                "--workers",
                "1"));
    assertEquals(0, ended.code(), ended.err());
    JsonNode ranges = json("ranges/calibration.json");
    assertEquals("mse", ranges.get("ranges").asText());
    assertEquals(4, ranges.get("images").size());
    JsonNode bits = ranges.get("bits").get("squeezenet1_0");
    assertEquals(7, bits.size());
    assertEquals(bits.get("2").size(), bits.get("8").size());
    String[] audit = {"--precisions", "int8,int4", "--saliency", "centre"};
    List<String> known = command("audit", "scenes:3:1", "known", audit);
    known.addAll(List.of("--calibration", folder.resolve("ranges/calibration.json").toString()));
    ended = bitgaze(known);
    assertEquals(0, ended.code(), ended.err());
    List<String> own = command("audit", "scenes:3:1", "own", audit);
    own.addAll(List.of("--ranges", "mse", "--calibration-input", "scenes:5:2"));
    own.addAll(List.of("--calibration-images", "4", "--workers", "2"));
    ended = bitgaze(own);
    assertEquals(0, ended.code(), ended.err());
    assertTrue(
        ended.out().contains("4 images calibrated the ranges; 0 of them are also audited"),
        ended.out());
    assertFalse(ended.out().contains("audited images also calibrated"), ended.out());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("known/rows.csv")),
        Files.readAllBytes(folder.resolve("own/rows.csv")));
    assertEquals(
        ranges.get("bits"), json("own/calibration.json").get("bits"), "ranges of 1 and 2 workers");
    String page = Files.readString(folder.resolve("own/report.html"));
    assertTrue(page.contains("activations at 8 bits"), "the report lists the ranges of each bit");
    // The same images: the report says so, and what it changes.
    List<String> shared = command("audit", "scenes:4:2", "shared", audit);
    shared.addAll(List.of("--ranges", "percentile:99.9", "--calibration-images", "2"));
    ended = bitgaze(shared);
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("2 audited images also calibrated the ranges"), ended.out());
    assertTrue(ended.out().contains("mean CC"), ended.out());
    assertFalse(json("shared/calibration.json").has("bits"));
    // Ranges of a file are refused where they are not defined.
    List<String> wide = command("audit", "scenes:3:1", "wide", "--precisions", "int16");
    wide.addAll(List.of("--calibration", folder.resolve("ranges/calibration.json").toString()));
    ended = bitgaze(wide);
    assertEquals(2, ended.code(), ended.err());
    assertTrue(ended.err().contains("16"), ended.err());
  }

  @Test
  void aStudyComparesRulesAndSizes() throws IOException {
    Ended ended =
        bitgaze(
            command(
                "calibrate",
                "scenes:3:1",
                "study",
                "--study",
                "2x3",
                "--calibration-input",
                "scenes:6:2",
                "--rules",
                "minmax,mse",
                "--precisions",
                "int9,int4",
                "--sizes",
                "2,4"));
    assertEquals(0, ended.code(), ended.err());
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    List<CSVRecord> lines;
    try (var parser = format.parse(Files.newBufferedReader(folder.resolve("study/study.csv")))) {
      lines = parser.getRecords();
    }
    // Two samples of 3 and of 2 images; there are no two of 4. mse ends at 8 bits.
    assertEquals(2 * 2 * 3, lines.size());
    for (CSVRecord line : lines) {
      assertFalse(line.get("precision").equals("int9") && line.get("ranges").equals("mse"));
      assertEquals(line.get("size"), line.get("calibration_images"));
      assertEquals("3", line.get("images"));
    }
    JsonNode study = json("study/study.json");
    assertEquals(1, study.get("pairs").size());
    assertEquals(2, study.get("recommendations").size());
    // The means are those of the samples' lines.
    for (JsonNode rule : study.get("rules")) {
      double mean =
          lines.stream()
              .filter(l -> l.get("precision").equals(rule.get("precision").asText()))
              .filter(l -> l.get("ranges").equals(rule.get("rule").asText()))
              .filter(l -> l.get("size").equals(rule.get("size").asText()))
              .mapToDouble(l -> Double.parseDouble(l.get("CC")))
              .average()
              .orElseThrow();
      assertEquals(mean, rule.get("cc").asDouble(), 1e-8);
    }
    assertTrue(ended.out().contains("recommended for squeezenet1_0 int4: "), ended.out());
    String page = Files.readString(folder.resolve("study/study.html"));
    assertTrue(page.contains("Is the calibration luck?"));
    // One of the samples, calibrated and audited by itself.
    Map<String, String> first =
        lines.stream()
            .filter(l -> l.get("precision").equals("int9") && l.get("size").equals("3"))
            .map(CSVRecord::toMap)
            .findFirst()
            .orElseThrow();
    List<String> alone = command("audit", "scenes:3:1", "alone", "--precisions", "int9");
    alone.addAll(List.of("--saliency", "centre", "--calibration-input", "scenes:6:2"));
    alone.addAll(List.of("--calibration-images", "3"));
    ended = bitgaze(alone);
    assertEquals(0, ended.code(), ended.err());
    for (JsonNode line : json("alone/summary.json").get("lines")) {
      if (line.get("precision").asText().equals("int9")
          && line.get("reference").asText().equals("f32")
          && line.get("measure").asText().equals("CC")) {
        assertEquals(Double.parseDouble(first.get("CC")), line.get("mean").asDouble(), 1e-8);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--ranges dynamic | dynamic ranges are not calibrated",
        "--ranges percentile:0.9 | the percentage must be 50 to 100",
        "--ranges mse --rules mse | need --study",
        "--calibration-input scenes:3 | --calibration-input needs --study",
        "--calibration-images 0 | --calibration-images must be at least 1",
        "--study 10 | '10' must be SAMPLESxIMAGES",
        "--study 1x32 | at least 2 samples",
        "--study 2x4 | needs 8 images for disjoint samples, but there are 6",
        "--study 2x3 --ranges mse | has no effect with --study; see --rules",
        "--study 2x3 --calibration-images 3 | has no effect with --study",
        "--study 2x3 --rules mse --precisions int16 | none of the rules [mse] is defined there",
        "--study 2x3 --precisions f32 | f32 is not an integer precision",
        "--study 2x3 --dropout on --mode train | calibrations cannot be compared while dropout"
      })
  void refused(String options, String why) {
    Ended ended = bitgaze(command("calibrate", "scenes:6:2", "refused", options.split(" ")));
    assertEquals(2, ended.code(), ended.err());
    assertTrue(ended.err().contains(why), ended.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "audit --ranges mse | mse ranges are defined for at most 8 bits, but int16",
        "audit --ranges entropy --precisions int12 | entropy ranges are defined for at most 8 bits",
        "audit --ranges dynamic --calibration-input scenes:3 | --calibration-input has no effect",
        "audit --calibration-input nowhere | --calibration-input nowhere does not exist",
        "layers --precision int10 --ranges mse | mse ranges are defined for at most 8 bits"
      })
  void refusedElsewhere(String options, String why) {
    String[] all = options.split(" ");
    List<String> args = command(all[0], "scenes:6:2", "refused");
    args.addAll(List.of(all).subList(1, all.length));
    Ended ended = bitgaze(args);
    assertEquals(2, ended.code(), ended.err());
    assertTrue(ended.err().contains(why), ended.err());
  }
}
