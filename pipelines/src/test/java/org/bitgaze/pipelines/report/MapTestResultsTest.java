package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Findings from rows whose scores are known. */
class MapTestResultsTest {
  @TempDir private Path folder;

  /**
   * The scores of one precision's rows: each reference's mean INSERTION and DELETION.
   *
   * @param insertion by reference
   * @param deletion by reference
   */
  private record Scores(Map<String, Double> insertion, Map<String, Double> deletion) {}

  private static final Map<String, Double> SAME =
      Map.of("random-map", 0.3, "centre-map", 0.3, "f32-map", 0.3);

  private static Map<String, Double> with(String reference, double value) {
    Map<String, Double> all = new HashMap<>(SAME);
    all.put("network", 0.3);
    all.put(reference, value);
    return all;
  }

  /** Scores scatter by 0.1 about their means, each reference by a pattern of its own. */
  private List<String> sentences(int images, double confidence, Map<String, Scores> precisions)
      throws Exception {
    List<String> parts = new ArrayList<>();
    List<SummaryLine> lines = new ArrayList<>();
    precisions.forEach(
        (precision, scores) ->
            scores
                .insertion()
                .forEach(
                    (reference, mean) -> {
                      int step = 7 + 2 * (Math.abs(reference.hashCode()) % 5);
                      String scatter = "((i * %d) %% 41 - 20) / 200".formatted(step);
                      parts.add(
                          String.format(
                              Locale.ROOT,
                              "SELECT 'm' AS model, '%s' AS precision, '%s' AS reference,"
                                  + " 'k' || i AS key, %s + %s AS INSERTION, %s - %s AS DELETION"
                                  + " FROM range(%d) t(i)",
                              precision,
                              reference,
                              mean,
                              scatter,
                              scores.deletion().get(reference),
                              scatter,
                              images));
                      lines.add(line(precision, reference, "INSERTION", mean));
                      lines.add(line(precision, reference, "DELETION", 0.3));
                      lines.add(line(precision, reference, "CONFIDENCE", confidence));
                    }));
    Path file = folder.resolve("rows.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (" + String.join(" UNION ALL ", parts) + ") TO '" + file + "' (FORMAT PARQUET)");
    }
    List<String> names = new ArrayList<>(List.of("f32"));
    names.addAll(precisions.keySet());
    Summary summary = new Summary(Map.of("m", "M"), names, "minmax", lines);
    try (RowQueries rows = new RowQueries(file)) {
      MapTestResults results = MapTestResults.of(summary, rows);
      List<String> all = new ArrayList<>();
      results.faithfulness().forEach(f -> all.add(f.sentence("M")));
      results.cross().forEach(c -> all.add(c.sentence("M")));
      return all;
    }
  }

  private static SummaryLine line(String precision, String reference, String measure, double mean) {
    return new SummaryLine(
        "m", precision, reference, measure, 41, mean, null, null, null, null, null, null, null,
        null, 0);
  }

  @Test
  void mapsAreBetterThanChanceOrNot() throws Exception {
    List<String> found =
        sentences(41, 0.8, Map.of("int4", new Scores(with("network", 0.3), with("network", 0.3))));
    assertEquals(2, found.size());
    assertTrue(
        found.get(0).startsWith("M: int4's maps explain the int4 network no better than chance"),
        found.get(0));
    assertTrue(found.get(1).contains("no difference was found"), found.get(1));
  }

  /** Large INSERTION and small DELETION are both a gain. */
  @Test
  void gainsHaveADirection() throws Exception {
    List<String> found =
        sentences(41, 0.8, Map.of("int8", new Scores(with("network", 0.6), with("network", 0.1))));
    assertTrue(
        found
            .get(0)
            .startsWith(
                "M: int8's maps explain the int8 network better than chance by INSERTION and"
                    + " DELETION, and better than the picture's centre by INSERTION and DELETION"),
        found.get(0));
    assertTrue(found.get(0).contains("INSERTION gains 0.300 ["), found.get(0));
    assertTrue(found.get(0).contains("DELETION gains 0.200 ["), found.get(0));
    assertTrue(found.get(1).contains("int8 looks elsewhere"), found.get(1));
  }

  @Test
  void aMapThatIsWorseThanTheOtherIsNoise() throws Exception {
    List<String> found =
        sentences(41, 0.8, Map.of("int8", new Scores(with("f32-map", 0.6), with("network", 0.3))));
    assertTrue(found.get(1).contains("int8's map is wrong or noisy"), found.get(1));
  }

  @Test
  void aNetworkThatDoesNotBelieveInTheClassIsNotJudged() throws Exception {
    List<String> found =
        sentences(
            41, 0.0001, Map.of("int4", new Scores(with("network", 0.6), with("network", 0.3))));
    assertEquals(1, found.size());
    assertTrue(found.get(0).contains("probability of 0.000"), found.get(0));
  }

  @Test
  void fewImagesSayNothing() throws Exception {
    List<String> found =
        sentences(4, 0.8, Map.of("int4", new Scores(with("network", 0.6), with("network", 0.3))));
    assertTrue(found.get(0).contains("4 images are too few"), found.get(0));
    assertTrue(found.get(1).contains("4 images are too few"), found.get(1));
  }
}
