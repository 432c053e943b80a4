package org.bitgaze.pipelines.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.bitgaze.pipelines.ClassedRows;
import org.bitgaze.pipelines.output.RowQueries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conditions per class. The expected tails of binomials were computed in Python, as fractions. */
class ClassOutcomeTest {
  @TempDir private Path folder;

  private Judgement judge(String condition) throws Exception {
    try (RowQueries rows = ClassedRows.write(folder, false)) {
      return Judgement.of(Condition.parse(condition), ClassedRows.SUMMARY, rows, "m", "int8");
    }
  }

  @Test
  void aClassBeyondChanceFails() throws Exception {
    Judgement judgement = judge("FLIP<=10% per class, at least 20 images");
    ClassOutcome classes = judgement.classes().orElseThrow();
    assertEquals(0, classes.worst());
    assertEquals(3 * 7.0886063317222e-07, classes.p(), 1e-15);
    assertEquals(3, classes.judged());
    assertEquals(1, classes.beyond());
    assertEquals(1, classes.failed());
    assertFalse(judgement.holds());
    assertEquals(0.55, judgement.value(), 1e-12);
    assertEquals(20, judgement.images());
    String line = judgement.line();
    assertTrue(line.startsWith("FAILED m int8: class 0: 55.0 % of answers change"), line);
    assertTrue(line.contains("wanted FLIP<=0.1 per class, at least 20 images"), line);
    // Over all images the same condition holds for neither; over the other classes it would.
    assertFalse(judge("FLIP<=10%").holds());
    assertTrue(judge("FLIP<=50% per class").holds());
  }

  /** 11 of 20 are more than 50 %, but not beyond chance: passed, and not certain. */
  @Test
  void chanceIsNoFailure() throws Exception {
    Judgement judgement = judge("FLIP<=50% per class");
    assertTrue(judgement.holds());
    assertTrue(judgement.isUncertain());
    assertEquals(1, judgement.classes().orElseThrow().beyond());
    assertFalse(judge("FLIP<=60% per class").isUncertain());
    // 13 of 20 where 80 % are wanted have a tail of 0.0867, which Holm's correction trebles.
    Judgement share = judge("CC>=0.8 in 80% per class");
    assertTrue(share.holds());
    assertEquals(3 * 0.08669251356740026, share.classes().orElseThrow().p(), 1e-12);
    assertFalse(judge("CC>=0.8 in 99% per class").holds());
  }

  /** The mean of a class with a vanished map says nothing of that map. */
  @Test
  void aMeanFailsWhereAMapVanished() throws Exception {
    Judgement judgement = judge("CC>=0.1 per class");
    assertFalse(judgement.holds());
    assertEquals(0, judgement.classes().orElseThrow().worst());
    assertEquals(1, judgement.classes().orElseThrow().failed());
    Judgement all = judge("CC>=0.9 per class");
    assertEquals(3, all.classes().orElseThrow().failed());
  }

  /** Images without detections have no class, and no map that could fail. */
  @Test
  void imagesWithoutDetectionsAreNotJudged() throws Exception {
    for (String condition :
        new String[] {
          "FLIP<=50% per class",
          "FLIP<=10% per class",
          "CC>=0.8 in 80% per class",
          "CC>=0.1 per class"
        }) {
      try (RowQueries rows = ClassedRows.ofDetections(folder)) {
        Judgement found =
            Judgement.of(Condition.parse(condition), ClassedRows.SUMMARY, rows, "m", "int8");
        assertEquals(judge(condition).line(), found.line());
      }
    }
  }

  /** Half of class 0's images have nothing to explain: the others decide, and they are too few. */
  @Test
  void imagesWithNothingToExplainAreNoMapsThatFail() throws Exception {
    Path half = folder.resolve("half.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      ClassedRows.write(folder, false).close();
      statement.execute(
          """
          COPY (SELECT * REPLACE (
              CASE WHEN flip = 1 THEN 'NOTHING' ELSE map_status END AS map_status,
              CASE WHEN flip = 1 THEN NULL ELSE CC END AS CC,
              CASE WHEN flip = 1 THEN NULL ELSE VANISHED END AS VANISHED)
            FROM '%s') TO '%s' (FORMAT PARQUET)
          """
              .formatted(folder.resolve("rows-false.parquet"), half));
    }
    try (RowQueries rows = new RowQueries(half)) {
      Judgement found =
          Judgement.of(
              Condition.parse("CC>=0.1 in 99% per class, at least 15 images"),
              ClassedRows.SUMMARY,
              rows,
              "m",
              "int8");
      assertTrue(found.holds(), found.line());
      assertEquals(2, found.classes().orElseThrow().judged());
      assertEquals(1, found.classes().orElseThrow().small());
    }
  }

  @Test
  void smallClassesAreNotJudged() throws Exception {
    Judgement none = judge("FLIP<=10% per class, at least 21 images");
    assertFalse(none.holds());
    assertTrue(none.line().contains("no class has enough images"), none.line());
    assertTrue(Double.isNaN(none.value()));
  }

  @Test
  void theGrammar() {
    String written = "int8: FLIP<=0.1 per class, at least 20 images, CC>=0.9 in 95%";
    assertEquals(
        written,
        Gate.parse("int8: flip<=10% per class ,at least 20 images,CC>=.9 in 95%").toString());
    assertEquals(Gate.parse(written), Gate.parse("int8: FLIP<=10% per class, CC>=0.9 in 95%"));
    for (String wrong :
        new String[] {
          "int8: FLIP<=10% per class, at least 1 images",
          "int8: FLIP<=10%, at least 20 images",
          "int8: FLIP<=10% per class at least 20",
          "int8: FLIP<=10% per label"
        }) {
      assertThrows(IllegalArgumentException.class, () -> Gate.parse(wrong), wrong);
    }
  }
}
