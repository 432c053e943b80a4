package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictTest {
  /** Forty images whose correlation is about the mean, by a pattern of each precision's own. */
  private static RowQueries rows(Path folder, Map<String, Double> means)
      throws IOException, SQLException {
    Path file = folder.resolve("rows.parquet");
    List<String> parts = new ArrayList<>();
    int step = 7;
    for (Map.Entry<String, Double> mean : means.entrySet()) {
      parts.add(
          String.format(
              "SELECT 'm' AS model, '%s' AS precision, 'f32' AS reference, 'k' || i AS key,"
                  + " %s + ((i * %d) %% 40 - 19.5) / 1000 AS CC, 0.0 AS FLIP, 0.0 AS VANISHED, 'OK' AS map_status, 'OK' AS reference_status FROM range(40) t(i)",
              mean.getKey(), mean.getValue(), step));
      step += 4;
    }
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (" + String.join(" UNION ALL ", parts) + ") TO '" + file + "' (FORMAT PARQUET)");
    }
    return new RowQueries(file);
  }

  private static Summary summary(Map<String, Double> means) {
    List<SummaryLine> lines = new ArrayList<>();
    means.forEach(
        (precision, mean) -> {
          lines.add(line(precision, "CC", mean));
          lines.add(line(precision, "FLIP", 0));
        });
    List<String> precisions = new ArrayList<>(List.of("f32"));
    precisions.addAll(means.keySet());
    return new Summary(Map.of("m", "M"), precisions, "minmax", lines);
  }

  private static SummaryLine line(String precision, String measure, double mean) {
    return new SummaryLine(
        "m",
        precision,
        "f32",
        measure,
        40,
        mean,
        0.01,
        mean - 0.003,
        mean + 0.003,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0);
  }

  private static List<Verdict> verdicts(Gate gate, Path folder, Map<String, Double> means)
      throws Exception {
    try (RowQueries rows = rows(folder, means)) {
      return Assessment.of(gate, summary(means), rows).verdicts();
    }
  }

  @Test
  void theyAreByTheGateOrTheUsualOne(@TempDir Path folder) throws Exception {
    Map<String, Double> means = Map.of("int8", 0.95);
    Verdict usual = verdicts(Gate.NONE, folder, means).get(0);
    assertEquals(Verdict.Outcome.UNLIKE, usual.outcome());
    assertEquals("int8 does not look where f32 looks", usual.words());
    assertEquals("CC 0.950, 0.0 % of images >= 0.98, 0.0 % of answers change", usual.numbers());
    Verdict own = verdicts(Gate.parse("int8: CC>=0.9"), folder, means).get(0);
    assertEquals("int8 looks where f32 looks", own.words());
    assertEquals("CC>=0.9", own.wanted());
    // Answers alone say nothing of maps: the usual condition on these stands beside them.
    Verdict answers = verdicts(Gate.parse("int8: FLIP<=0.5"), folder, means).get(0);
    assertEquals(Verdict.Outcome.UNLIKE, answers.outcome());
    assertEquals("CC>=0.98 in 95%, FLIP<=0.5", answers.wanted());
  }

  /** Another draw of f32 is at 0.8: what is there, too, is noise, and what is at 0.7 is not. */
  @Test
  void noiseIsNotBlamedOnQuantization(@TempDir Path folder) throws Exception {
    Map<String, Double> means = Map.of("f32b", 0.8, "int16", 0.8, "int8", 0.7);
    Map<String, Double> ordered = new java.util.TreeMap<>(means);
    List<Verdict> verdicts = verdicts(Gate.NONE, folder, ordered);
    assertEquals(2, verdicts.size());
    assertEquals(Verdict.Outcome.NOISE, verdicts.get(0).outcome());
    assertEquals(
        "int16 is not distinguishable from the protocol's own noise", verdicts.get(0).words());
    assertTrue(verdicts.get(0).noiseNumbers().startsWith("CC 0.800"));
    assertEquals(Verdict.Outcome.UNLIKE, verdicts.get(1).outcome());
    assertTrue(VerdictText.of(verdicts).toString().contains("second f32 run: CC 0.800"));
  }

  /** Pairs of maps look like noise; that a third of them is gone does not. */
  @Test
  void mapsThatVanishAreNoNoise(@TempDir Path folder) throws Exception {
    Map<String, Double> means =
        new java.util.TreeMap<>(Map.of("f32b", 0.8, "int16", 0.8, "int8", 0.8));
    Summary plain = summary(means);
    List<SummaryLine> lines = new ArrayList<>(plain.lines());
    lines.add(line("f32b", "VANISHED", 0));
    lines.add(line("int16", "VANISHED", 0.35));
    lines.add(line("int8", "VANISHED", 0.025));
    try (RowQueries rows = rows(folder, means)) {
      Summary lost = new Summary(plain.models(), plain.precisions(), plain.ranges(), lines);
      List<Verdict> verdicts = Assessment.of(Gate.NONE, lost, rows).verdicts();
      assertEquals(Verdict.Outcome.UNLIKE, verdicts.get(0).outcome());
      assertEquals(Verdict.Outcome.NOISE, verdicts.get(1).outcome());
    }
  }

  @Test
  void whatWasNotSeenIsNotJudged(@TempDir Path folder) throws Exception {
    Map<String, Double> means = Map.of("int8", 0.95);
    SummaryLine nothing =
        new SummaryLine(
            "m", "int8", "f32", "CC", 0, null, null, null, null, null, null, null, null, null, 0);
    try (RowQueries rows = rows(folder, means)) {
      Summary empty =
          new Summary(Map.of("m", "M"), List.of("f32", "int8"), "minmax", List.of(nothing));
      Verdict verdict = Assessment.of(Gate.parse("int8: CC>=0.9"), empty, rows).verdicts().get(0);
      assertEquals(Verdict.Outcome.UNKNOWN, verdict.outcome());
      assertEquals("int8 cannot be judged: no image has a value", verdict.words());
    }
  }
}
