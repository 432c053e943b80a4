package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.output.SummaryLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saliency of the user's own, and a measure that is not on the class path. */
class OwnReferenceTest {
  private static Summary summary(String reference, String measure) {
    SummaryLine line =
        new SummaryLine(
            "m", "f32", reference, measure, 3, 0.5, 0.1, 0.4, 0.6, 0.4, 0.4, 0.5, 0.6, 0.6, 1);
    return new Summary(Map.of("m", "M"), List.of("f32"), "minmax", List.of(line));
  }

  @Test
  void saliencyOfAnyNameIsInTheTables() {
    Summary summary = summary("my-gaze", "CC");
    assertEquals(
        List.of(Reference.saliency("my-gaze")), List.copyOf(summary.references(r -> true)));
    String md = Table1.of(summary).table("maps", "measure").markdown();
    assertTrue(md.contains("| f32 / my-gaze | CC | 0.500 ± 0.100 |"), md);
    CompactTable compact = CompactTable.of(summary);
    assertTrue(compact.text().contains("  f32 / my-gaze  0.500 ± 0.100"), compact.text() + "");
    assertEquals(4, compact.groups().get(0).rows().get(0).images());
    Gate.parse("f32: CC@my-gaze>=0.4").check(summary);
  }

  @Test
  void anUnknownMeasureIsNamed(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("summary.json");
    SummaryFiles.writeJson(summary("f32", "MINE"), file);
    IOException e = assertThrows(IOException.class, () -> SummaryFiles.readJson(file));
    assertTrue(
        e.getMessage().startsWith(file + ": the summary has the measure MINE"), e.getMessage());
    IllegalArgumentException gate =
        assertThrows(IllegalArgumentException.class, () -> Gate.parse("int8: MINE>=0.5"));
    assertTrue(gate.getMessage().contains("MINE"), gate.getMessage());
  }
}
