package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report's files, without a browser. */
class ReportFilesTest {
  @TempDir private static Path folder;
  private static Path out;

  @BeforeAll
  static void runJob() {
    out = ReportTest.runJob(folder);
  }

  @Test
  void theReportAsMarkdownFitsAComment() throws IOException {
    assertEquals(0, Bitgaze.run("report", "--format", "md", out.toString()));
    String md = Files.readString(out.resolve("report.md"));
    assertTrue(
        md.contains(
            "| ✅ | SqueezeNet 1.0 | int8 looks where f32 looks (not certain: a 95 % interval crosses the threshold) | CC "),
        md);
    assertTrue(md.contains("| ❌ | MobileNetV2 | int4 does not look where f32 looks"), md);
    assertTrue(md.contains("| MobileNetV2 | int8 / f32 | 12 |"), md);
    assertEquals(
        0,
        Bitgaze.run(
            "report", "--format", "md", "--gate", "int8: CC>0.99999999 in 100%", out.toString()));
    assertTrue(Files.readString(out.resolve("report.md")).contains("| ❌ | SqueezeNet 1.0 | int8 "));
    for (String wrong : List.of("int3: CC>=0.9", "int8: NSS>=1", "")) {
      assertEquals(2, Bitgaze.run("report", "--gate", wrong, out.toString()), wrong);
    }
    assertTrue(md.length() < 65_536, md.length() + " characters");
  }

  @Test
  void tablesToCopyAreFiles() throws IOException {
    String tex = Files.readString(out.resolve("table1.tex"));
    String md = Files.readString(out.resolve("table1.md"));
    assertTrue(tex.contains("\\begin{tabular}{llrr}"), tex);
    assertTrue(tex.contains("int4 / mask & ENERGY & $"), tex);
    assertTrue(md.contains("| maps | measure | SqueezeNet 1.0 | MobileNetV2 |"), md);
    assertTrue(Files.size(out.resolve("report.html")) < 5 << 20);
  }

  @Test
  void theReportIsMadeAnewFromTheOutputs() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    for (String name : Report.SOURCES) {
      Files.copy(out.resolve(name), copy.resolve(name));
    }
    assertEquals(2, Bitgaze.run("report", copy.toString()), "without rows");
    Files.copy(out.resolve("rows.parquet"), copy.resolve("rows.parquet"));
    assertEquals(0, Bitgaze.run("report", copy.toString()));
    assertEquals(-1, Files.mismatch(out.resolve("report.html"), copy.resolve("report.html")));
    Files.delete(copy.resolve("run.json"));
    assertEquals(2, Bitgaze.run("report", copy.toString()));
  }
}
