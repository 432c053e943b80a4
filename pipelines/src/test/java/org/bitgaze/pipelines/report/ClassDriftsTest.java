package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.bitgaze.pipelines.ClassedRows;
import org.bitgaze.pipelines.output.RowQueries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassDriftsTest {
  @TempDir private Path folder;

  private ClassDrifts classes(boolean labelled) throws Exception {
    try (RowQueries rows = ClassedRows.write(folder, labelled)) {
      return ClassDrifts.of(ClassedRows.SUMMARY, rows, "m", "int8").orElseThrow();
    }
  }

  /**
   * Fisher's exact test by sums of binomial coefficients, the rank-sum test by its formula, and
   * Holm's correction, computed in Python.
   */
  @Test
  void theHarmedClassIsFoundByItsTests() throws Exception {
    ClassDrifts found = classes(false);
    assertFalse(found.labelled());
    assertEquals(List.of(0, 1, 2), found.classes().stream().map(ClassDrift::index).toList());
    ClassDrift worst = found.classes().get(0);
    assertEquals(20, worst.images());
    assertEquals(11, worst.flips());
    assertEquals(1, worst.vanished());
    assertEquals(19, worst.values());
    assertEquals(0.8052631578947367, worst.mean(), 1e-12);
    assertEquals(0.000158074764592603, worst.flipP(), 1e-15);
    assertEquals(0.002437463189187604, worst.driftP(), 1e-12);
    assertEquals("more flips, more drift", worst.worse());
    for (ClassDrift other : found.classes().subList(1, 3)) {
      assertEquals(1, other.flips());
      assertEquals(1, other.flipP());
      assertEquals(1, other.driftP());
      assertEquals("", other.worse());
    }
    assertEquals(1, found.worse());
  }

  /** FLIP says what flips, whatever the main class; images without detections have no class. */
  @Test
  void detectionsFlipAsTheirTaskSays() throws Exception {
    try (RowQueries rows = ClassedRows.ofDetections(folder)) {
      ClassDrifts found = ClassDrifts.of(ClassedRows.SUMMARY, rows, "m", "int8").orElseThrow();
      List<String> names = List.of("a", "b", "c");
      ClassDrifts same = classes(false);
      assertEquals(
          same.table(same.classes(), names).markdown(),
          found.table(found.classes(), names).markdown());
    }
  }

  /** Labels are the classes where a run has them, and say how many answers are right. */
  @Test
  void labelsAreTheClasses() throws Exception {
    ClassDrifts found = classes(true);
    assertTrue(found.labelled());
    ClassDrift worst = found.classes().get(0);
    assertEquals(1, worst.index());
    assertEquals(11, worst.flips());
    // At f32 no answer is the label; a flip of these rows is to the next class, which is the label.
    assertEquals(0, worst.accuracyBefore().get(0));
    assertEquals(11, worst.correctAfter());
    String table = found.table(found.classes(), List.of("a", "b", "c")).markdown();
    assertTrue(table.contains("| b | 20 | 55.0 % [34.2 %, 74.2 %] |"), table);
    assertTrue(table.contains("**more flips, more drift**"), table);
  }
}
