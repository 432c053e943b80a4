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
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.bitgaze.pipelines.output.MixedFile;
import org.bitgaze.quant.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bitgaze layers}, run as its user runs it, in this process. */
class LayersCommandTest {
  /** Of SqueezeNet 1.0: 35 points, of which 26 have weights. */
  private static final int LAYERS = 35;

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

  private static List<String> command(String name, Path output, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(name, "--input", "scenes:6:3", "--weights", "scenes", "--networks"));
    args.addAll(List.of("squeezenet1_0", "--output", output.toString(), "--saliency", "centre"));
    args.addAll(List.of(more));
    return args;
  }

  private static List<String> threeScenes(List<String> args) {
    args.set(args.indexOf("--input") + 1, "scenes:3:3");
    return args;
  }

  private static List<CSVRecord> read(Path file) throws IOException {
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    try (var parser = format.parse(Files.newBufferedReader(file))) {
      return parser.getRecords();
    }
  }

  @Test
  void bothRunnersGiveTheSameLines() throws IOException {
    Path direct = folder.resolve("direct");
    String[] trials = {"--precision", "int4", "--trials", "only"};
    Ended ended = bitgaze(threeScenes(command("layers", direct, trials)));
    assertEquals(0, ended.code(), ended.err());
    List<CSVRecord> lines = read(direct.resolve("layers.csv"));
    // The network, its weights, its activations, and each layer.
    assertEquals(3 + LAYERS, lines.size());
    for (CSVRecord line : lines) {
      double cc = Double.parseDouble(line.get("f32_CC"));
      assertEquals(1 - cc, Double.parseDouble(line.get("drift")), 1e-8);
      assertEquals("3", line.get("f32_CC_count"));
      assertTrue(line.get("centre_CC").length() > 0 && line.get("mask_POINTING").length() > 0);
    }
    assertTrue(ended.out().contains("Spearman's correlation of SQNR with drift"), ended.out());
    String page = Files.readString(direct.resolve("layers.html"));
    assertTrue(page.contains("Which layer looks away?") && page.contains("\"sweeps\":["), page);
    assertFalse(Files.exists(direct.resolve("mixed.json")));
    try (Stream<Path> files = Files.list(direct)) {
      assertTrue(files.noneMatch(f -> f.getFileName().toString().startsWith(".bitgaze")));
    }

    Path flink = folder.resolve("flink");
    List<String> elsewhere = threeScenes(command("layers", flink, trials));
    elsewhere.addAll(List.of("--runner", "flink", "--workers", "2"));
    ended = bitgaze(elsewhere);
    assertEquals(0, ended.code(), ended.err());
    for (String name : List.of("layers.csv", "calibration.json", "rejects.csv")) {
      assertArrayEquals(
          Files.readAllBytes(direct.resolve(name)), Files.readAllBytes(flink.resolve(name)), name);
    }

    // The whole network's line is what an audit says of it.
    Path audit = folder.resolve("audit");
    ended =
        bitgaze(
            threeScenes(
                command(
                    "audit",
                    audit,
                    "--precisions",
                    "int4",
                    "--batch-size",
                    "1",
                    "--calibration",
                    direct.resolve("calibration.json").toString())));
    assertEquals(0, ended.code(), ended.err());
    CSVRecord summary =
        read(audit.resolve("summary.csv")).stream()
            .filter(l -> l.get("precision").equals("int4") && l.get("reference").equals("f32"))
            .filter(l -> l.get("measure").equals("CC"))
            .findFirst()
            .orElseThrow();
    assertEquals(summary.get("mean"), lines.get(0).get("f32_CC"));

    ended = bitgaze(command("layers", direct, trials));
    assertEquals(2, ended.code());
    assertTrue(ended.err().contains("--overwrite"), ended.err());
  }

  /** A sweep alone is compared on both runners in {@link #bothRunnersGiveTheSameLines}. */
  @Test
  @Tag("long")
  void bothRunnersFindTheSameMixedPrecision() throws IOException {
    List<Path> outputs = new ArrayList<>();
    for (String runner : List.of("direct", "flink")) {
      Path out = folder.resolve("mixed-" + runner);
      String[] search = {"--precision", "int4,int8", "--trials", "only", "--budget", "CC>=0.9"};
      List<String> args = command("layers", out, search);
      args.addAll(List.of("--runner", runner, "--workers", "2"));
      Ended ended = bitgaze(args);
      assertEquals(0, ended.code(), ended.err());
      outputs.add(out);
    }
    for (String name : List.of("layers.csv", "frontier.csv", "mixed.json", "rejects.csv")) {
      assertArrayEquals(
          Files.readAllBytes(outputs.get(0).resolve(name)),
          Files.readAllBytes(outputs.get(1).resolve(name)),
          name);
    }
  }

  @Test
  void aMixedPrecisionIsProposedAndTaken() throws IOException {
    Path out = folder.resolve("mixed");
    Ended ended =
        bitgaze(
            command(
                "layers",
                out,
                "--precision",
                "int4,int8",
                "--trials",
                "only",
                "--budget",
                "CC>=0.9",
                "--gate",
                "mixed: CC>=0.5; int8: CC>=1, CC>0.1"));
    // What was found is written, whatever the gate says of it.
    assertEquals(3, ended.code(), ended.err());
    assertTrue(ended.out().contains("gate: passed squeezenet1_0 mixed: CC "), ended.out());
    assertTrue(ended.out().contains("gate: FAILED squeezenet1_0 int8: CC "), ended.out());
    assertTrue(Files.readString(out.resolve("gate.xml")).contains("failures=\"1\""));
    JsonNode result = new ObjectMapper().readTree(out.resolve("layers.json").toFile());
    JsonNode mixed = result.get("models").get(0).get("mixed").get(0);
    assertEquals(6, mixed.get("searchedImages").asInt() + mixed.get("heldOutImages").asInt());
    assertTrue(mixed.get("kept").asBoolean());
    JsonNode proposal = mixed.get("choices").get(0);
    assertEquals("mixed", proposal.get("name").asText());
    assertTrue(
        proposal.get("searched").get("drift").get("mean").asDouble() <= 0.1 + 1e-9, proposal + "");
    for (JsonNode choice : mixed.get("choices")) {
      boolean beside = choice.get("name").asText().matches("sensitivity|sqnr|random \\d");
      if (beside) {
        assertTrue(
            choice.get("weightBits").asLong() >= proposal.get("weightBits").asLong(),
            choice.get("name").asText());
      }
    }
    assertEquals(3 * 16, read(out.resolve("frontier.csv")).size());
    MixedFile file = MixedFile.read(out.resolve("mixed.json"));
    Configuration configuration = file.configuration("squeezenet1_0", "mixed");
    mixed
        .get("layers")
        .fields()
        .forEachRemaining(
            l -> assertEquals(l.getValue().asText(), configuration.get(l.getKey()).toString()));

    // Ranges that have seen what is held out are said to have.
    Path seen = folder.resolve("mixed-seen");
    ended =
        bitgaze(
            command(
                "layers",
                seen,
                "--dry-run",
                "--budget",
                "CC>=0.9",
                "--holdout",
                "0.9",
                "--calibration",
                out.resolve("calibration.json").toString()));
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.err().contains("are held out"), ended.err());
    ended =
        bitgaze(
            command(
                "layers",
                seen,
                "--ranges",
                "averaged",
                "--calibration",
                out.resolve("calibration.json").toString()));
    assertEquals(2, ended.code());
    assertTrue(ended.err().contains("has minmax ranges"), ended.err());

    // An audit and an export take it.
    Path audit = folder.resolve("audited");
    String calibration = out.resolve("calibration.json").toString();
    String mixedFile = "mixed:" + out.resolve("mixed.json");
    ended =
        bitgaze(
            command(
                "audit",
                audit,
                "--precisions",
                "f32,int8," + mixedFile,
                "--calibration",
                calibration));
    assertEquals(0, ended.code(), ended.err());
    assertTrue(
        read(audit.resolve("rows.csv")).stream()
            .anyMatch(r -> r.get("precision").equals("mixed") && !r.get("CC").isEmpty()));
    Path program = folder.resolve("mixed.pt");
    ended =
        bitgaze(
            List.of(
                "export",
                "squeezenet1_0",
                "--weights",
                "scenes",
                "--precision",
                mixedFile,
                "--calibration",
                calibration,
                "--output",
                program.toString()));
    assertEquals(0, ended.code(), ended.err());
    assertTrue(Files.size(program) > 1_000_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--precision f32 | is not an integer precision",
        "--precision int1 | unknown precision",
        "--trials some | only, all-but, weights, activations",
        "--gate mixed:CC>=0.9 | needs --budget",
        "--budget CC>=0.9 --gate int4:CC>=0.9 | names the precision int4",
        "--budget CC>=0.9 --gate mixed:CC>=0.9\tin\t5% | conditions on layers must be on means",
        "--budget CC | is not a condition",
        "--budget SQNR>=20 | measures of signals cannot be conditions",
        "--budget CC>=0.9@ | is not a condition",
        "--budget CC@centre>=0.9 | are compared with f32's or with masks",
        "--budget CC>=0.9 --holdout 1 | --holdout must be above 0 and below 1, not 1.0",
        "--budget CC>=0.9 --cost time | size, operations",
        "--target own | the class that f32 finds",
        "--protocol paper | the class that f32 finds",
        "--dropout on | --dropout off",
        "--masks nowhere | is not a folder"
      })
  void wrongOptionsStopBeforeAnythingRuns(String wrong, String message) {
    Ended ended = bitgaze(command("layers", folder.resolve("wrong"), wrong.strip().split(" ")));
    assertEquals(2, ended.code(), ended.out());
    assertTrue(ended.err().contains(message.strip()), ended.err());
    assertFalse(Files.exists(folder.resolve("wrong")));
  }

  @Test
  void aDryRunSaysWhatWouldRun() {
    Ended ended =
        bitgaze(
            command("layers", folder.resolve("dry"), "--dry-run", "--budget", "CC>=0.99,FLIP<=5%"));
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("CC>=0.99, FLIP<=0.05"), ended.out());
    assertTrue(ended.out().contains("50 % of the images held out"), ended.out());
    assertFalse(Files.exists(folder.resolve("dry")));
    Ended help = bitgaze(List.of("layers", "--help"));
    assertEquals(0, help.code());
    assertTrue(help.out().contains("Examples:") && help.out().contains("Exit code:"));
  }
}
