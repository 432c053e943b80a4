package org.bitgaze.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.TestImages;
import org.bitgaze.weights.SafetensorsWriter;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audits in parts, which are interrupted, resumed, and grow. */
class PartsTest {
  /** Everything that does not say how long the audit took. */
  private static final String[] RESULTS = {
    "rows.csv",
    "rows.parquet",
    "summary.csv",
    "summary.json",
    "rejects.csv",
    "exhibits.jsonl",
    "calibration.json",
    "table1.md",
    "table1.tex"
  };

  @TempDir private static Path folder;

  /** An uninterrupted audit in three parts. */
  private static Path whole;

  @BeforeAll
  static void auditInParts() throws IOException {
    whole = folder.resolve("whole");
    Ended ended = bitgaze(scenes(whole, "--part-size", "6"));
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("part 3 of 3: "), ended.out());
  }

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

  private static List<String> scenes(Path output, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "audit",
                "--input",
                "scenes:16:7",
                "--weights",
                "scenes",
                "--networks",
                "squeezenet1_0",
                "--precisions",
                "int8",
                "--saliency",
                "centre",
                "--output",
                output.toString()));
    args.addAll(List.of(more));
    return args;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  /** What a killed audit leaves: one complete part, files of another, no results. */
  private static Path interrupted(String name) throws IOException {
    Path out = folder.resolve(name);
    copy(whole, out);
    for (String result : RESULTS) {
      Files.delete(out.resolve(result));
    }
    for (String result :
        List.of(
            "run.json",
            "report.html",
            "parts/published.json",
            "parts/00001.json",
            "parts/00002.json",
            "parts/00002.findings",
            "parts/00002.rejects.csv",
            "rows/part-00002.parquet")) {
      Files.delete(out.resolve(result));
    }
    Files.createDirectories(out.resolve(".bitgaze-of-a-killed-job/shards"));
    return out;
  }

  private static void assertSameResults(Path one, Path two) throws IOException {
    for (String name : RESULTS) {
      assertArrayEquals(
          Files.readAllBytes(one.resolve(name)), Files.readAllBytes(two.resolve(name)), name);
    }
  }

  /** The report, without how long the audit took. */
  private static String report(Path out) throws IOException {
    return Files.readString(out.resolve("report.html"))
        .replaceAll(" in [0-9.]+ s, [0-9.]+ a second", "");
  }

  @Test
  void partsGiveTheResultsOfOnePart() throws IOException {
    Path one = folder.resolve("one");
    assertEquals(0, bitgaze(scenes(one)).code());
    assertTrue(Files.exists(one.resolve("rows/part-00000.parquet")));
    assertSameResults(one, whole);
  }

  @Test
  void aResumedAuditEqualsAnUninterruptedOne() throws IOException {
    Path out = interrupted("resumed");
    FileTime kept = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(out.resolve("rows/part-00000.parquet"), kept);

    Ended refused = bitgaze(scenes(out, "--part-size", "6"));
    assertEquals(2, refused.code());
    assertTrue(
        refused.err().contains("unfinished audit, 1 of 3 parts are complete"), refused.err());
    assertTrue(refused.err().contains("bitgaze audit --input scenes:16:7"), refused.err());
    assertTrue(refused.err().contains(" --resume"), refused.err());

    Ended ended = bitgaze(scenes(out, "--resume"));
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("resuming: 1 of 3 parts are complete"), ended.out());
    assertFalse(ended.out().contains("part 1 of 3"), ended.out());
    assertSameResults(whole, out);
    assertEquals(report(whole), report(out));
    assertEquals(kept, Files.getLastModifiedTime(out.resolve("rows/part-00000.parquet")));
    for (String rows : List.of("00001", "00002")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve("rows/part-" + rows + ".parquet")),
          Files.readAllBytes(out.resolve("rows/part-" + rows + ".parquet")));
    }
    assertTrue(Files.notExists(out.resolve(".bitgaze-of-a-killed-job")));
    try (var files = Files.list(out)) {
      assertTrue(files.noneMatch(f -> f.getFileName().toString().startsWith(".bitgaze-")));
    }
  }

  @Test
  void anotherAuditIsNotResumed() throws IOException {
    Path out = interrupted("other");
    List<String> args = scenes(out, "--resume", "--cam", "layercam");
    Ended refused = bitgaze(args);
    assertEquals(2, refused.code(), refused.out());
    assertTrue(refused.err().contains("is another one"), refused.err());
    assertTrue(refused.err().contains("layercam"), refused.err());
    // The parts are as they were.
    assertTrue(Files.exists(out.resolve("parts/00000.json")));

    Ended nothing = bitgaze(scenes(folder.resolve("nothing"), "--resume"));
    assertEquals(2, nothing.code());
    assertTrue(nothing.err().contains("has no audit to resume"), nothing.err());
  }

  @Test
  void rowsAreOneTableWithMeanings() throws SQLException, IOException {
    String rows = "'" + whole.resolve("rows") + "/*.parquet'";
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      // Sorted by part and by key: the table is the dataset in another order.
      try (var answer =
          statement.executeQuery(
              "SELECT count(*) FROM ((FROM read_parquet(%s) EXCEPT ALL FROM read_parquet('%s'))"
                      .formatted(rows, whole.resolve("rows.parquet"))
                  + " UNION ALL (FROM read_parquet('%2$s') EXCEPT ALL FROM read_parquet(%1$s)))"
                      .formatted(rows, whole.resolve("rows.parquet")))) {
        answer.next();
        assertEquals(0, answer.getLong(1));
      }
      try (var answer =
          statement.executeQuery(
              "SELECT decode(value) FROM parquet_kv_metadata(%s) WHERE decode(key) = 'CC'"
                  .formatted(rows))) {
        assertTrue(answer.next());
        assertTrue(answer.getString(1).contains("larger is more agreement"), answer.getString(1));
      }
      Set<String> codecs = new HashSet<>();
      Set<String> encodings = new HashSet<>();
      try (var answer =
          statement.executeQuery(
              "SELECT compression, encodings FROM parquet_metadata(%s) WHERE path_in_schema = 'model'"
                  .formatted(rows))) {
        while (answer.next()) {
          codecs.add(answer.getString(1));
          encodings.add(answer.getString(2));
        }
      }
      assertEquals(Set.of("ZSTD"), codecs);
      assertTrue(encodings.stream().allMatch(e -> e.contains("DICTIONARY")), encodings.toString());
    }
  }

  @Test
  void aFolderThatGrowsIsAuditedWhereItIsNew() throws IOException {
    Path images = Files.createDirectory(folder.resolve("growing"));
    Path weights = Files.createDirectory(folder.resolve("weights"));
    SafetensorsWriter.write(
        new FormulaWeights(Architecture.SQUEEZENET1_1.graph(10)),
        weights.resolve("squeezenet1_1.safetensors"));
    TestImages.write(images, 6);
    Path later = Files.createDirectory(folder.resolve("later"));
    for (String name : List.of("p1.png", "p4.png")) {
      Files.move(images.resolve(name), later.resolve(name));
    }
    Path out = folder.resolve("grown");
    List<String> args =
        List.of(
            "audit",
            "--input",
            images.toString(),
            "--weights",
            weights.toString(),
            "--networks",
            "squeezenet1_1",
            "--precisions",
            "int8",
            "--saliency",
            "centre",
            "--output");
    assertEquals(0, bitgaze(with(args, out.toString())).code());
    for (String name : List.of("p1.png", "p4.png")) {
      Files.move(later.resolve(name), images.resolve(name));
    }
    Ended grown = bitgaze(with(args, out.toString(), "--resume"));
    assertEquals(0, grown.code(), grown.err());
    assertTrue(
        grown.out().contains("resuming: 1 of 2 parts are complete; 2 images are new"), grown.out());
    Path again = folder.resolve("at-once");
    Ended atOnce =
        bitgaze(
            with(
                args,
                again.toString(),
                "--calibration",
                out.resolve("calibration.json").toString()));
    assertEquals(0, atOnce.code(), atOnce.err());
    for (String name : List.of("rows.csv", "summary.csv", "exhibits.jsonl")) {
      assertArrayEquals(
          Files.readAllBytes(again.resolve(name)), Files.readAllBytes(out.resolve(name)), name);
    }
    Files.delete(images.resolve("p2.png"));
    Ended shrunk = bitgaze(with(args, out.toString(), "--resume"));
    assertEquals(2, shrunk.code());
    assertTrue(shrunk.err().contains("1 images of the audit"), shrunk.err());
    assertTrue(shrunk.err().contains("'p2.png'"), shrunk.err());
  }

  private static List<String> with(List<String> args, String... more) {
    List<String> all = new ArrayList<>(args);
    all.addAll(List.of(more));
    return all;
  }

  /** A file system of its own that is full: root may mount one. */
  @Test
  void anAuditGoesOnWhenTheDiskHasSpaceAgain() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk.toString()) == 0,
        "no file system can be mounted here: not root");
    try {
      Path out = disk.resolve("out");
      copy(interrupted("full"), out);
      Path filling = disk.resolve("filling");
      try (var fill = Files.newOutputStream(filling)) {
        byte[] block = new byte[4096];
        while (true) {
          fill.write(block);
        }
      } catch (IOException e) {
        assertTrue(e.getMessage().contains("No space left"), e.getMessage());
      }
      Ended ended = bitgaze(scenes(out, "--part-size", "6", "--resume"));
      assertEquals(1, ended.code(), ended.err());
      String message =
          ended.err().lines().filter(l -> l.startsWith("bitgaze: ")).findFirst().orElse("");
      assertTrue(message.contains(out.toString()), ended.err());
      assertTrue(message.endsWith("No space left on device"), ended.err());
      assertTrue(Files.exists(out.resolve("parts/00000.json")));
      Files.delete(filling);
      ended = bitgaze(scenes(out, "--part-size", "6", "--resume"));
      assertEquals(0, ended.code(), ended.err());
      assertSameResults(whole, out);
    } finally {
      assertEquals(0, run("umount", disk.toString()));
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
